// Imported first: luxon must never see the machine's clock or its time zone. The clock stands still (what the day is
// comes with the context), the zone is Shanghai (+08:00), and QuickJS has no Intl beyond what stands here.

const SHANGHAI_MINUTES = 480;
class BusinessDate extends Date {
  constructor(...args) {
    if (args.length === 0) super(0);
    else super(...args);
  }

  static now() {
    return 0;
  }

  getTimezoneOffset() {
    return -SHANGHAI_MINUTES;
  }
}

globalThis.Date = BusinessDate;

const OFFSETS = { 'asia/shanghai': SHANGHAI_MINUTES, 'prc': SHANGHAI_MINUTES, 'utc': 0, 'etc/utc': 0 };

class DateTimeFormat {
  constructor(_locale, { timeZone = 'Asia/Shanghai' } = {}) {
    this.minutes = OFFSETS[String(timeZone).toLowerCase()];
    if (this.minutes === undefined) throw new RangeError('unknown time zone');
    this.timeZone = timeZone;
  }

  resolvedOptions() {
    return { locale: 'en-US', numberingSystem: 'latn', calendar: 'gregory', timeZone: this.timeZone };
  }

  formatToParts(date) {
    const local = new BusinessDate(+date + this.minutes * 60000);
    return [
      ['year', local.getUTCFullYear()], ['month', local.getUTCMonth() + 1], ['day', local.getUTCDate()],
      ['era', 'AD'], ['hour', local.getUTCHours()], ['minute', local.getUTCMinutes()],
      ['second', local.getUTCSeconds()]
    ].map(([type, value]) => ({ type, value: String(value) }));
  }

  format(date) {
    return this.formatToParts(date ?? 0).map((part) => part.value).join(' ');
  }
}

globalThis.Intl = { DateTimeFormat };
