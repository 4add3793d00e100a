import type { OutageCourse } from './outage-course.test-support.ts'
import { reportTable } from '../proof-report.test-support.ts'

const headers = [
  'down',
  'store',
  'calls with a valid token, slowest',
  'calls after its expiry, slowest',
  'errors of another class than StoreError',
  'calls for a repeatable grant, slowest, errors',
  'refresh tokens redeemed meanwhile, afterwards',
  'a token again after',
  'store calls that wait at the end',
  'heap grown in the last third',
]

/** What one outage adds to the report. */
export function outageFigures(what: string, course: OutageCourse): readonly string[] {
  const { name, valid, expired, serviceWhileDown: service, redeemedWhileDown } = course
  return [
    what,
    name,
    `${valid.calls}, ${valid.slowestMs} ms`,
    `${expired.calls}, ${expired.slowestMs} ms`,
    `${valid.strayErrors + expired.strayErrors}`,
    `${service.calls}, ${service.slowestMs} ms, ${service.errors.size}`,
    `${redeemedWhileDown}, ${course.refreshes.length - redeemedWhileDown}`,
    `${course.backAfterMs} ms`,
    `${course.pendingCalls}`,
    `${course.grownMegabytes.toFixed(1)} MiB`,
  ]
}

export function reportOutages(downMs: number, figures: readonly (readonly string[])[]): void {
  reportTable(`${downMs / 1000} seconds without a store, 50 callers each`, headers, figures)
}
