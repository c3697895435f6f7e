#include "config/load.hpp"

namespace tocsin::config {

std::string_view built_in_text() noexcept {
  return R"(# The built-in configuration: what runs when no file is given.
# It is a complete file. Channels with `when` are left out while one of its values is empty.

global:
  smtp_smarthost: ${SMTP_HOST:-localhost}:${SMTP_PORT:-587}
  smtp_from: ${SMTP_FROM:-}
  smtp_auth_username: ${SMTP_USER:-}
  smtp_auth_password: ${SMTP_PASSWORD:-}
  smtp_require_tls: ${SMTP_REQUIRE_TLS:-true}

# Which words mean which severity, and what holds by severity: how long a new
# alert waits for others, how often a firing group is told again, and within
# what time an alert that fires again is still the same one.
severity:
  default: warning
  names:
    page: critical
    pager: critical
    emergency: critical
    emerg: critical
    disaster: critical
    fatal: critical
    crit: critical
    error: critical
    err: critical
    alert: critical
    high: critical
    severe: critical
    blocker: critical
    p0: critical
    p1: critical
    l1: critical
    sev0: critical
    sev1: critical
    warn: warning
    major: warning
    medium: warning
    average: warning
    moderate: warning
    ticket: warning
    p2: warning
    l2: warning
    sev2: warning
    information: info
    informational: info
    notice: info
    minor: info
    low: info
    debug: info
    none: info
    ok: info
    p3: info
    p4: info
    p5: info
    l3: info
    sev3: info
    sev4: info
  critical:
    window: 0s
    repeat_interval: 5m
    repeat_until_acknowledged: true
    deduplication_window: 0s
  warning:
    window: 30s
    repeat_interval: 4h
    deduplication_window: 10s
  info:
    window: 60s
    repeat_interval: 4h
    deduplication_window: 30s

# An alert that comes and goes more often than this is told once as flapping, and
# not again until it has been calm.
flapping:
  changes: 6
  window: 15m
  calm: 10m

route:
  receiver: default
  group_by: [alertname, service]
  routes:
    - receiver: critical
      matchers: ['severity="critical"']
    - receiver: warning
      matchers: ['severity="warning"']
    - receiver: info
      matchers: ['severity="info"']

receivers:
  - name: default
    stdout_configs:
      - send_resolved: true
    slack_configs:
      - when: ${SLACK_WEBHOOK_URL:-}
        api_url: ${SLACK_WEBHOOK_URL}
        send_resolved: true
  - name: critical
    stdout_configs:
      - send_resolved: true
    slack_configs:
      - when: ${SLACK_WEBHOOK_URL:-}
        api_url: ${SLACK_WEBHOOK_URL}
        channel: '#critical'
        send_resolved: true
    pagerduty_configs:
      - when: ${PAGERDUTY_ROUTING_KEY:-}
        routing_key: ${PAGERDUTY_ROUTING_KEY}
    sms_configs:
      - when: ['${TWILIO_ACCOUNT_SID:-}', '${TWILIO_AUTH_TOKEN:-}', '${TWILIO_PHONE_NUMBER:-}', '${ON_CALL_PHONE:-}']
        account_sid: ${TWILIO_ACCOUNT_SID}
        auth_token: ${TWILIO_AUTH_TOKEN}
        from: ${TWILIO_PHONE_NUMBER}
        to: ['${ON_CALL_PHONE}']
  - name: warning
    stdout_configs:
      - send_resolved: true
    slack_configs:
      - when: ${SLACK_WEBHOOK_URL:-}
        api_url: ${SLACK_WEBHOOK_URL}
        send_resolved: true
    email_configs:
      - when: ['${SMTP_HOST:-}', '${SMTP_FROM:-}', '${ON_CALL_EMAIL:-}']
        to: ${ON_CALL_EMAIL}
        send_resolved: true
  - name: info
    stdout_configs:
      - send_resolved: true
    slack_configs:
      - when: ${SLACK_WEBHOOK_URL:-}
        api_url: ${SLACK_WEBHOOK_URL}
        channel: '#info'
        send_resolved: true
  - name: on-call
    stdout_configs:
      - send_resolved: true
    slack_configs:
      - when: ${SLACK_WEBHOOK_URL:-}
        api_url: ${SLACK_WEBHOOK_URL}
        send_resolved: true
    pagerduty_configs:
      - when: ${PAGERDUTY_ROUTING_KEY:-}
        routing_key: ${PAGERDUTY_ROUTING_KEY}

# Whoever is on call. More people and schedules take turns; see docs/on-call.md.
on_call:
  people:
    - name: on-call
      email: ${ON_CALL_EMAIL:-}
      phone: ${ON_CALL_PHONE:-}
  email:
    when: ['${SMTP_HOST:-}', '${SMTP_FROM:-}']
  sms:
    when: ['${TWILIO_ACCOUNT_SID:-}', '${TWILIO_AUTH_TOKEN:-}', '${TWILIO_PHONE_NUMBER:-}']
    account_sid: ${TWILIO_ACCOUNT_SID:-}
    auth_token: ${TWILIO_AUTH_TOKEN:-}
    from: ${TWILIO_PHONE_NUMBER:-}
  schedules:
    - name: default
      layers:
        - people: [on-call]

# What nobody acknowledges becomes more urgent and reaches more people.
escalation:
  - name: info
    matchers: ['severity="info"']
    steps:
      - after: 5m
        raise_to: warning
        receiver: warning
  - name: warning
    matchers: ['severity="warning"']
    steps:
      - after: 15m
        raise_to: critical
        receiver: critical
  - name: critical
    matchers: ['severity="critical"']
    steps:
      - after: 5m
        oncall: default
        receiver: on-call
      - after: 10m
        oncall: default
        receiver: on-call

# Symptoms stay quiet while their cause is told.
inhibit_rules:
  - name: critical over warning
    source_matchers: ['severity="critical"']
    target_matchers: ['severity="warning"']
    equal: [alertname, service]
  - name: connection pool over its symptoms
    source_matchers: ['alertname="DatabaseConnectionPoolExhausted"']
    target_matchers: ['alertname=~"SlowDatabaseQueries|HighDatabaseConnections"']
    equal: [database, instance]

history:
  retention: 90d
)";
}

} // namespace tocsin::config
