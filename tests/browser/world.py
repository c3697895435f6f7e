"""A Tocsin with something to look at: a month of history, alerts of all kinds that fire, a schedule, silences."""

import contextlib
import datetime
import json
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import urllib.request

CONFIG = """
severity:
  critical: {window: 0s}
  warning: {window: 0s}
  info: {window: 0s}
global: {resolve_timeout: 1h}
route:
  receiver: ops
  group_by: [alertname, service]
receivers:
  - name: ops
    stdout_configs: [{format: text}]
  - name: broken
    webhook_configs: [{url: 'http://127.0.0.1:9/'}]
  - name: managers
    stdout_configs: [{format: text}]
escalation:
  - name: critical
    matchers: ['severity="critical"']
    steps:
      - {after: 5m, oncall: primary}
      - {after: 10m, receiver: managers}
  - name: warning
    matchers: ['severity="warning"']
    steps:
      - {after: 15m, raise_to: critical, oncall: primary}
on_call:
  people:
    - {name: ann, slack: '@ann', email: ann@ops.example}
    - {name: bob, slack: '@bob', phone: '+491701234568'}
  slack: {api_url: 'http://127.0.0.1:9/'}
  sms: {account_sid: AC1, auth_token: not-to-be-shown, from: '+15005550006'}
  email: {smarthost: '127.0.0.1:9', from: tocsin@ops.example, require_tls: false}
  schedules:
    - name: primary
      layers: [{name: rota, people: [ann, bob], shift: daily, start: 2026-01-01}]
silences: {max_breadth: 20}
hints:
  - alerts: [DiskFull]
    causes: [logs are not rotated, a backup was left over]
    steps: ['look for the largest folders: https://wiki.example/disks', 'ask who wrote them']
    fixes: [empty /var/tmp]
    dashboard: https://dashboards.example/disks
"""

HOSTILE = '<img src=x onerror=alert(1)>'
HOSTILE_VALUE = '"><script>alert(2)</script>'

NAMES = [('DiskFull', 'shop', 'warning'), ('SlowQueries', 'shop', 'warning'), ('PaymentsFail', 'payments', 'critical'),
         ('CertificateExpires', 'mail', 'info'), ('QueueGrows', 'mail', 'warning'), ('NodeDown', 'cluster', 'critical'),
         ('BackupLate', 'backup', 'info')]


def text_of(moment):
    return moment.strftime('%Y-%m-%dT%H:%M:%SZ')


def old_alerts(now):
    """A month of alerts that are over, the same each time."""
    dice = random.Random(7)
    for day in range(30, 0, -1):
        for name, service, severity in NAMES:
            for _ in range(dice.choice([0, 1, 1, 2, 3])):
                start = now - datetime.timedelta(days=day, seconds=dice.randrange(86000))
                took = dice.choice([120, 900, 1500, 4000, 9000])
                row = {'alert_name': name, 'service': service, 'severity': severity, 'status': 'resolved',
                       'labels': {'alertname': name, 'service': service, 'severity': severity, 'instance': f'host-{dice.randrange(4)}'},
                       'annotations': {'summary': f'{name} on {service}'},
                       'start_time': text_of(start), 'end_time': text_of(start + datetime.timedelta(seconds=took)),
                       'occurrence_count': dice.randrange(1, 40), 'notification_count': dice.randrange(1, 5)}
                if dice.random() < 0.6:
                    row['acknowledged_by'] = dice.choice(['ann', 'bob'])
                    row['acknowledgment_time'] = text_of(start + datetime.timedelta(seconds=min(took - 1, dice.choice([60, 200, 800]))))
                yield row


def alert(name, severity, summary, **labels):
    return {'labels': {'alertname': name, 'severity': severity, **labels}, 'annotations': {'summary': summary}}


class World:
    """The program on a free port; `base` is the address of its page."""

    def __init__(self, program, folder, prefix=''):
        self.folder = pathlib.Path(folder)
        config = self.folder / 'tocsin.yml'
        config.write_text(CONFIG)
        self.command = [program, f'--config.file={config}', f'--storage.path={self.folder / "data"}',
                        '--web.listen-address=127.0.0.1:0', '--log.level=warn'] + ([f'--web.route-prefix={prefix}'] if prefix else [])
        self.prefix = prefix
        self.process = None
        self.listening = threading.Event()

    def remember(self):
        """Only while the program does not run."""
        file = self.folder / 'old.ndjson'
        now = datetime.datetime.now(datetime.timezone.utc)
        file.write_text(''.join(json.dumps(row) + '\n' for row in old_alerts(now)))
        subprocess.run([self.command[0], 'history', 'import', str(file), f'--storage.path={self.folder / "data"}'],
                       check=True, capture_output=True, timeout=60)

    def start(self):
        log = [argument for argument in self.command if not argument.startswith('--log.level')]
        self.process = subprocess.Popen(log, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self.read_log, daemon=True).start()
        if not self.listening.wait(20):
            raise RuntimeError('the program does not say that it listens')

    def read_log(self):
        """To its end, so that the program never waits for a reader."""
        for line in self.process.stderr:
            found = line.find('Listening on address=')
            if found < 0:
                continue
            port = line[found:].split('=', 1)[1].split()[0].strip('"').rsplit(':', 1)[1]
            self.base = f'http://127.0.0.1:{port}{self.prefix}/'
            self.listening.set()

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method, headers={'Content-Type': 'application/json'})
        with urllib.request.urlopen(request, timeout=20) as response:
            text = response.read()
        return json.loads(text) if text else None

    def post(self, *alerts):
        self.call('POST', 'api/v2/alerts', list(alerts))

    def fill(self):
        self.post(*(alert('NodeDown', 'critical', f'node-{n} does not answer', service='cluster', instance=f'node-{n}', rack='r7')
                    for n in range(12)))
        disk = alert('DiskFull', 'critical', '/var is 97 % full', service='shop', instance='db1')
        disk['annotations'] |= {'runbook': 'https://wiki.example/disks', 'trap': 'javascript:alert(3)'}
        disk['generatorURL'] = 'http://prometheus.example/graph?g0.expr=disk'
        trap = alert(HOSTILE, 'warning', HOSTILE_VALUE, service=HOSTILE_VALUE, instance=HOSTILE)
        trap['generatorURL'] = 'javascript:alert(4)'
        self.post(disk, trap,
                  alert('QueueGrows', 'warning', '40,000 mails wait', service='mail', instance='mx1'),
                  alert('CertificateExpires', 'info', 'mail.example: 12 days left', service='mail', instance='mx1'),
                  alert('BackupLate', 'info', 'The nightly backup has not begun', service='backup', instance='store1'))
        now = datetime.datetime.now(datetime.timezone.utc)
        self.call('POST', 'api/v2/silences', {
            'matchers': [{'name': 'service', 'value': 'backup', 'isRegex': False}], 'createdBy': 'bob', 'comment': 'the store is being moved',
            'startsAt': text_of(now), 'endsAt': text_of(now + datetime.timedelta(hours=2))})
        rows = self.call('GET', 'api/alerts/history?alert_name=QueueGrows&status=firing')['data']
        self.call('PUT', f'api/alerts/history/{rows[0]["id"]}/acknowledge', {'acknowledged_by': 'bob', 'comment': 'looking'})

    def id_of(self, name):
        rows = self.call('GET', 'api/alerts/history?days=1&limit=1000')['data']
        return next(row['id'] for row in rows if row['alert_name'] == name and row['end_time'] is None)

    def stop(self):
        if not self.process:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def world(program, prefix='', history=False):
    folder = tempfile.mkdtemp(prefix='tocsin-page-')
    it = World(program, folder, prefix)
    try:
        if history:
            it.remember()
        it.start()
        it.fill()
        yield it
    finally:
        it.stop()
        shutil.rmtree(folder, ignore_errors=True)
