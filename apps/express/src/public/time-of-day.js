const format = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const withDay = new Intl.DateTimeFormat('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit' })

/**
 * Says the time as the timelines do, whatever the browser's language: `14:05:09`.
 * @param {number} at epoch milliseconds
 */
export function timeOfDay(at) {
  return format.format(at)
}

/**
 * The same for what is half a day away or more: `Sun 14:05`.
 * @param {number} at epoch milliseconds
 */
export function dayAndTime(at) {
  return withDay.format(at)
}
