"""The web page in a real browser: Chromium without a screen.

usage: page_test.py PROGRAM SCREENSHOT-FOLDER [CASE...]
It prints as Boost.Test does, so that test.sh counts its cases. Where there is no browser it fails; TOCSIN_BROWSER=none
says that this is meant, and then it is skipped (exit status 77).
"""

import os
import pathlib
import sys
import time
import traceback

from world import HOSTILE, HOSTILE_VALUE, alert, world

SKIPPED = 77


def skip_if_told():
    if os.environ.get('TOCSIN_BROWSER') == 'none':
        print('the tests of the page are skipped: TOCSIN_BROWSER=none')
        sys.exit(SKIPPED)


skip_if_told()
from selenium import webdriver  # noqa: E402
from selenium.webdriver.chrome.options import Options  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402


class Page:
    """What a person does with the browser, and sees."""

    def __init__(self):
        options = Options()
        # Tests run as root in containers, where Chromium's own sandbox cannot.
        for argument in ('--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars',
                         '--no-first-run', '--disable-background-networking', '--disable-component-update'):
            options.add_argument(argument)
        options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
        self.driver = webdriver.Chrome(service=Service('/usr/bin/chromedriver'), options=options)
        # Whatever an alert does not escape shows itself here.
        self.driver.execute_cdp_cmd('Page.addScriptToEvaluateOnNewDocument', {
            'source': 'window.alarms = []; window.alert = text => window.alarms.push(String(text));'})
        self.look()

    def look(self, width=1440, height=900, dark=False):
        self.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride',
                                    {'width': width, 'height': height, 'deviceScaleFactor': 1, 'mobile': width < 500})
        self.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {'features': [
            {'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'},
            {'name': 'prefers-reduced-motion', 'value': 'reduce'}]})

    def open(self, base, view='now', name='ann'):
        self.driver.get(base)
        self.run('name => name ? localStorage.setItem("tocsin.name", name) : localStorage.clear()', name)
        # An address that differs only behind # loads nothing.
        self.driver.get('about:blank')
        self.driver.get(f'{base}#/{view}')

    def run(self, function, *arguments):
        return self.driver.execute_script(f'return ({function})(...arguments)', *arguments)

    def text(self, selector='body'):
        return self.run('s => [...document.querySelectorAll(s)].map(e => e.innerText).join("\\n")', selector)

    def find(self, selector):
        return until(lambda: self.driver.find_elements(By.CSS_SELECTOR, selector), f'there is no {selector}')[0]

    def click(self, selector):
        self.run('e => e.scrollIntoView({block: "center"})', self.find(selector))
        self.find(selector).click()

    def sees(self, text, selector='body', seconds=6):
        until(lambda: text in self.text(selector), lambda: f'"{text}" is not in {selector}: {self.text(selector)[:400]}', seconds)

    def no_more(self, text, selector='body', seconds=6):
        until(lambda: text not in self.text(selector), f'"{text}" is still in {selector}', seconds)

    def overflow(self):
        return self.run('() => document.documentElement.scrollWidth - document.documentElement.clientWidth')

    def errors(self):
        return [entry['message'] for entry in self.driver.get_log('browser') if entry['level'] == 'SEVERE']

    def shoot(self, file, width, dark=False):
        self.look(width, 900, dark)
        time.sleep(0.15)
        height = self.run('() => document.documentElement.scrollHeight')
        self.look(width, max(900, min(height, 2400)), dark)
        # Charts are drawn in the next frames.
        time.sleep(0.25)
        self.driver.save_screenshot(str(file))


def until(condition, trouble, seconds=6):
    """Asks again and again until it holds; pages have no other way to say that they are ready."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(trouble() if callable(trouble) else trouble)
        time.sleep(0.05)


def check(condition, trouble):
    if not condition:
        raise AssertionError(trouble)


def card(name):
    return f'article[aria-label$=": {name}"]'


# What each view shows once it is whole.
def views(w):
    return {
        'now': 'NodeDown', f'alert/{w.id_of("DiskFull")}': 'What happened', 'history': 'DiskFull',
        'insights?days=30': 'are to be expected', 'silences': 'the store is being moved', 'on-call': 'primary', 'status': 'Write-ahead log',
    }


def every_view_shows_what_it_is_for(page, w):
    for view, text in views(w).items():
        page.open(w.base, view)
        page.sees(text, 'main')
        check(not page.driver.find_elements(By.CSS_SELECTOR, 'main .trouble:not([hidden])'), f'{view}: {page.text("main .trouble")}')
        check('{"' not in page.text('main'), f'{view} shows raw JSON')
    page.open(w.base, 'now')
    page.sees('live', '#connection')


def every_view_fits_a_phone(page, w):
    page.look(360, 780)
    for view, text in views(w).items():
        page.open(w.base, view)
        page.sees(text, 'main')
        check(page.overflow() <= 0, f'{view} is {page.overflow()} pixels too wide for 360')
    page.look()


def an_alert_is_acknowledged_under_a_name_that_is_asked_once(page, w):
    page.open(w.base, name=None)
    page.sees('Nobody has acknowledged it', card('DiskFull'))
    page.click(f'{card("DiskFull")} [data-control=acknowledge]')
    page.find('dialog input[name=who]').send_keys('carol' + Keys.ENTER)
    page.sees('Acknowledged by carol', card('DiskFull'))
    rows = w.call('GET', f'api/alerts/history/{w.id_of("DiskFull")}')['data']
    check(rows['acknowledged_by'] == 'carol', f'it is acknowledged by {rows["acknowledged_by"]}')
    page.click(f'{card("NodeDown")} [data-control=acknowledge]')
    page.sees('Acknowledged by carol', card('NodeDown'))
    nodes = w.call('GET', 'api/alerts/history?alert_name=NodeDown&days=1&status=acknowledged')
    check(nodes['total'] >= 12, f'{nodes["total"]} of 12 alerts of the group are acknowledged')


def an_escalation_is_counted_down(page, w):
    w.post(alert('Fresh', 'critical', 'has just begun', service='clock'))
    page.open(w.base)
    time_left = lambda: page.text(f'{card("Fresh")} .countdown')
    first = until(time_left, 'there is no countdown')
    check(first.startswith('4:5') or first == '5:00', f'five minutes are left, not {first}')
    # Without asking the server: nothing changes in it meanwhile.
    until(lambda: time_left() != first, f'it stands still at {first}', 4)


def a_new_alert_appears_by_itself(page, w):
    page.open(w.base)
    page.sees('live', '#connection')
    page.run('() => { window.loadedOnce = true; }')
    began = time.monotonic()
    w.post(alert('SuddenTrouble', 'critical', 'out of the blue', service='clock'))
    page.sees('SuddenTrouble', '.groups')
    print(f'a new alert was there after {time.monotonic() - began:.2f} s')
    check(page.run('() => window.loadedOnce'), 'the page was loaded anew')
    page.sees('New critical alert: SuddenTrouble', '#announcer')


def the_filter_finds_and_tells_what_is_wrong_with_it(page, w):
    page.open(w.base)
    page.sees('DiskFull', '.groups')
    box = page.find('#filter')
    box.send_keys('service="mail"')
    page.no_more('DiskFull', '.groups')
    page.sees('QueueGrows', '.groups')
    check('filter=service' in page.run('() => location.hash'), 'the address does not have the filter')
    box.send_keys(', oops')
    page.sees('oops', '#filter-trouble')
    check(box.get_attribute('aria-invalid') == 'true', 'the box is not marked')


def a_silence_is_made_from_an_alert_and_ended(page, w):
    w.post(alert('Noisy', 'warning', 'again', service='noise', instance='n1'))
    page.open(w.base)
    page.click(f'{card("Noisy")} [data-control=silence]')
    page.sees('Matches 1 alert', 'dialog')
    check('alertname="Noisy"' in page.find('dialog textarea').get_attribute('value'), 'the matchers are not filled in')
    page.find('dialog input[name=comment]').send_keys('known' + Keys.ENTER)
    page.sees('uppressed', card('Noisy'))
    page.open(w.base, 'silences')
    page.sees('known', '.groups')
    page.click('article[aria-label*="Noisy"] [data-control=end]')
    page.click('dialog [data-control=submit]')
    page.no_more('known', '.groups')


def a_silence_of_very_many_is_asked_back(page, w):
    w.post(*(alert('Many', 'info', f'number {n}', service='crowd', instance=f'c{n}') for n in range(25)))
    page.open(w.base, 'silences')
    page.click('[data-control=new]')
    page.find('dialog textarea').send_keys('service="crowd"')
    page.sees('Matches 25 alerts', 'dialog')
    page.find('dialog input[name=comment]').send_keys('all of them' + Keys.ENTER)
    page.sees('Narrow its matchers', 'dialog')
    page.click('dialog input[name=confirm]')
    page.click('dialog [data-control=submit]')
    page.sees('all of them', '.groups')


def escape_closes_a_dialog_and_focus_returns(page, w):
    page.open(w.base)
    page.click(f'{card("DiskFull")} [data-control=resolve]')
    page.find('dialog').send_keys(Keys.ESCAPE)
    until(lambda: not page.driver.find_elements(By.CSS_SELECTOR, 'dialog'), 'the dialog is still there')
    check(page.run('() => document.activeElement.dataset.control') == 'resolve', 'focus did not return to the button')


def hostile_texts_stay_texts(page, w):
    trap = w.id_of(HOSTILE)
    for view in ('now', f'alert/{trap}', 'history', 'insights?days=1'):
        page.open(w.base, view)
        page.sees(HOSTILE, 'main')
        check(page.run('() => window.alarms.length') == 0, f'{view} ran what an alert is called')
        strange = page.run('() => document.querySelectorAll("main img, main script, a[href^=javascript]").length')
        check(strange == 0, f'{view} has {strange} elements that came out of labels')
    page.open(w.base, f'alert/{trap}')
    page.sees(HOSTILE_VALUE, '.facts')
    page.open(w.base, f'alert/{w.id_of("DiskFull")}')
    page.sees('What helps', 'main')
    links = page.run('() => [...document.querySelectorAll("main a[target=_blank]")].map(a => a.href)')
    check('https://wiki.example/disks' in links and all(link.startswith('http') for link in links), f'links out: {links}')


def nothing_is_wrong_in_the_console(page, w):
    wrong = [text for text in page.errors() if '400 (Bad Request)' not in text]
    check(not wrong, f'{wrong}')


def the_page_says_when_tocsin_is_gone(page, w):
    page.open(w.base)
    page.sees('live', '#connection')
    w.stop()
    page.sees('not reachable since', '#connection', 8)
    check('NodeDown' in page.text('.groups'), 'what was known is gone')


def a_page_that_is_left_keeps_no_connection(page, w):
    streams = lambda: w.call('GET', 'api/status')['data']['queues']['event_streams']
    for _ in range(8):
        page.open(w.base)
    page.sees('live', '#connection')
    until(lambda: streams() <= 1, lambda: f'{streams()} streams are open, for one page')


def it_works_behind_a_prefix(page, w):
    page.open(w.base)
    page.sees('NodeDown', '.groups')
    page.sees('live', '#connection')
    page.open(w.base, 'insights?days=1')
    page.sees('are to be expected', 'main')
    check(not page.errors(), 'there are errors in the console')


def every_view_as_a_picture(page, w, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for view, text in views(w).items():
        page.look()
        page.open(w.base, view)
        page.sees(text, 'main')
        name = view.split('?')[0].split('/')[0]
        for width in (360, 1440):
            page.shoot(folder / f'{name}-{width}.png', width)
            if name in ('now', 'insights'):
                page.open(w.base, view)
                page.look(width, 900, True)
                page.sees(text, 'main')
                page.shoot(folder / f'{name}-{width}-dark.png', width, True)
    page.look()
    check(len(list(folder.glob('*.png'))) >= 18, 'pictures are missing')


class Report:
    def __init__(self, chosen):
        self.chosen = chosen
        self.failed = 0
        print('Entering test module "page"')

    def case(self, test, page, *arguments):
        name = test.__name__
        if self.chosen and name not in self.chosen:
            return
        print(f'Entering test case "{name}"', flush=True)
        began = time.monotonic()
        try:
            page.look()
            test(page, *arguments)
        except Exception as error:  # Whatever goes wrong is the case's failure, and the next one goes on.
            self.failed += 1
            print(f'page_test.py: error: in "page/{name}": {error}')
            if not isinstance(error, AssertionError):
                traceback.print_exc(file=sys.stdout)
        print(f'Leaving test case "{name}"; testing time: {int((time.monotonic() - began) * 1e6)}us', flush=True)


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    report = Report(sys.argv[3:])
    page = Page()
    try:
        with world(program, history=True) as w:
            for test in (every_view_shows_what_it_is_for, every_view_fits_a_phone, hostile_texts_stay_texts,
                         the_filter_finds_and_tells_what_is_wrong_with_it, escape_closes_a_dialog_and_focus_returns,
                         a_page_that_is_left_keeps_no_connection):
                report.case(test, page, w)
            report.case(every_view_as_a_picture, page, w, folder)
            for test in (an_escalation_is_counted_down, a_new_alert_appears_by_itself,
                         an_alert_is_acknowledged_under_a_name_that_is_asked_once, a_silence_is_made_from_an_alert_and_ended,
                         a_silence_of_very_many_is_asked_back, nothing_is_wrong_in_the_console, the_page_says_when_tocsin_is_gone):
                report.case(test, page, w)
        page.errors()
        with world(program, prefix='/alarm/bell') as w:
            report.case(it_works_behind_a_prefix, page, w)
    finally:
        page.driver.quit()
    print('Leaving test module "page"')
    return 1 if report.failed else 0


if __name__ == '__main__':
    sys.exit(main())
