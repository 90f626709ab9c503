// Whether Azure lets us read: permission, tokens and rate limits.
function(config)
  local promql = (import '../promql.libsonnet')(config);
  local alert = (import '../alert.libsonnet')(config);
  local limits = config.thresholds;
  local words = {
    hub: promql.hub,
    where: promql.hubText,
    extra: promql.extraText,
    credential: promql.labels(['credential']),
    subscription: promql.labels(['subscription_id', 'scope']),
    refusals: 'increase(%s[%s])' % [
      promql.series('azure_iothub_poll_errors_total', 'reason=~"unauthorized|forbidden"'),
      limits.deniedWindow,
    ],
    local lately(matchers) =
      'increase(%s[%s])' % [promql.series('azure_iothub_poll_errors_total', matchers), limits.deniedLately],
    refusalsLately: lately('reason=~"unauthorized|forbidden"'),
    othersLately: lately('reason!~"unauthorized|forbidden"'),
    failures: 'increase(%s[%s])' % [promql.series('azure_iothub_poll_errors_total'), limits.deniedWindow],
    up: 'max by (%s) (%s)' % [promql.hub, promql.last('azure_iothub_up', config.memory.restart)],
    watched: promql.watched,
    throttled: 'increase(%s[%s])' % [
      promql.series('azure_iothub_poll_errors_total', 'reason="throttled"'),
      limits.throttledWindow,
    ],
    polls: 'increase(%s[%s])' % [promql.series('azure_iothub_polls_total'), limits.throttledWindow],
    remaining: promql.series('iothub_job_exporter_ratelimit_remaining'),
    observed: promql.series('iothub_job_exporter_ratelimit_observed_timestamp_seconds'),
    expiry: promql.last('iothub_job_exporter_token_expiry_timestamp_seconds', config.memory.restart),
    local renewals(window) =
      'changes(%s[%s])' % [promql.series('iothub_job_exporter_token_expiry_timestamp_seconds'), window],
    renewals: renewals(limits.refreshWindow),
    renewalsOften: renewals(limits.refreshWindowOften),
    local refreshErrors(window) =
      'increase(%s[%s])' % [promql.series('iothub_job_exporter_token_refresh_errors_total'), window],
    refreshErrors: refreshErrors(limits.refreshWindow),
    refreshErrorsOften: refreshErrors(limits.refreshWindowOften),
  };
  local onExporter = alert.dashboard('exporter', []);
  local onExporterForHub = alert.dashboard('exporter', config.extraLabels + ['hub']);
  [
    alert.rule(
      'AccessDenied',
      |||
        max by (%(hub)s, reason) (%(refusals)s) > 0
          and on (%(hub)s)
        sum by (%(hub)s) (%(refusals)s) >= %(share)g * sum by (%(hub)s) (%(failures)s)
          and on (%(hub)s)
        %(up)s == 0
          unless on (%(hub)s)
        (
          sum by (%(hub)s) (%(refusalsLately)s) == 0
            and
          sum by (%(hub)s) (%(othersLately)s) > 0
        )
      ||| % words { share: limits.deniedShare },
      'Azure denies access to %(where)s' % words,
      |||
        Polls of %(where)s are refused (reason {{ $labels.reason }}), and none succeeds. This does not heal by itself: until
        somebody acts nobody is told about a failed, stuck or missing job on this hub. The exporter withdraws what it last saw
        when that is too old (`polling.stale_after`); alerts on the hub's jobs that end then were not repaired.

        Likely causes for unauthorized, most frequent first: the secret or certificate expired, it was rotated and the
        exporter has the old one, the wrong tenant, a clock that is off by minutes. For forbidden: the role on the hub was
        never given or was removed, it was given on another subscription, it is younger than ten minutes.

        Look first at the exporter's log, which names the credential and the permission that is missing;
        `iothub_job_exporter check --live` tries all of them.

        Clears with the next good poll, or when most polls fail for another reason.
      ||| % words,
      onExporterForHub
    ),

    alert.rule(
      'ApiThrottled',
      |||
        sum by (%(hub)s) (%(throttled)s)
          /
        sum by (%(hub)s) (%(polls)s)
          > %(share)g
          and
        %(watched)s
      ||| % words { share: limits.throttledShare },
      'Azure throttles the polls of %(where)s' % words,
      |||
        Over %(window)s, {{ $value | humanizePercentage }} of the polls of %(where)s were refused with 429, so news
        of its jobs come late.

        Likely causes, most frequent first: other programs that read with the same principal or in the same subscription, too
        many hubs for their interval, several replicas with one principal.

        Look first at what Azure still allows: `%(remaining)s`. Then give the exporter a principal of its own, or raise
        `polling.interval`.

        Clears when fewer of the polls of %(window)s were refused.
      ||| % words { window: promql.theLast(limits.throttledWindow) },
      onExporterForHub
    ),

    alert.rule(
      'ApiQuotaLow',
      |||
        min by (%(subscription)s) (
          %(remaining)s
            and
          time() - %(observed)s < %(age)d
        ) < %(least)d
      ||| % words { age: limits.quotaSeconds, least: limits.quotaRemaining },
      'Azure allows hardly any more requests in subscription {{ $labels.subscription_id }}%(extra)s' % words,
      |||
        Azure Resource Manager said that it allows {{ $value }} more requests ({{ $labels.scope }}) in subscription
        {{ $labels.subscription_id }}%(extra)s. The exporter slows down well before it uses them up itself, so others do; once
        they are used up, polls fail as throttled.

        Likely causes: a script, pipeline or inventory tool that reads in a loop with the same principal, or (scope
        subscription-global-reads) anybody in the subscription.

        Look first at who else uses the exporter's principal: its sign-in log in Entra ID. The activity log does not show reads.

        Clears when Azure allows more again.
      ||| % words,
      onExporter
    ),

    alert.rule(
      'TokenExpired',
      |||
        max by (%(credential)s) (%(expiry)s) < time()
          and
        max by (%(credential)s) (%(refreshErrors)s) > 0
      ||| % words,
      'The token of credential {{ $labels.credential }}%(extra)s has expired and there is no new one' % words,
      |||
        The last token of credential {{ $labels.credential }}%(extra)s expired at {{ $value | humanizeTimestamp }}, and
        requests for a new one fail. No hub of this credential can be read.

        Likely causes, most frequent first: the secret or certificate expired or was deleted, the application or the managed
        identity was removed, Entra ID or the machine's identity service cannot be reached.

        Look first at the exporter's log, which says what was answered (an AADSTS number is worth searching for); then
        `iothub_job_exporter check --live`.

        Clears with the next token.
      ||| % words,
      onExporter
    ),

    alert.rule(
      'TokenRefreshFailing',
      // A new token makes up for failures before it, on the instance that has it.
      |||
        group by (%(credential)s) (
          (%(refreshErrorsOften)s > 0 unless %(renewalsOften)s > 0)
            or
          (%(refreshErrors)s > 0 unless %(renewals)s > 0)
        )
      ||| % words,
      'Requests for a token of credential {{ $labels.credential }}%(extra)s fail' % words,
      |||
        For at least %(wait)s requests for a token of credential {{ $labels.credential }}%(extra)s have failed. While the old
        token lives nothing else shows; when it expires, no hub of this credential can be read.

        Likely causes, most frequent first: the secret or certificate expired or was replaced, the file with it is not
        readable, Entra ID or the machine's identity service cannot be reached.

        Look first at how long the old token lives: `%(expiry)s - time()`, then at the exporter's log.

        Clears with a new token, or %(window)s after the last failure.
      ||| % words {
        wait: promql.spelled(config.waits.TokenRefreshFailing),
        window: promql.spelled(limits.refreshWindow),
        expiry: promql.theirs('iothub_job_exporter_token_expiry_timestamp_seconds', ['credential']),
      },
      onExporter
    ),
  ]
