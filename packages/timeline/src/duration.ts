/** Says a duration for a person: `42 ms`, `4.2 s`, `42 s`, `4 min 2 s`, `3 h 5 min`, `12 d`. */
export function duration(ms: number): string {
  const rounded = Math.max(0, Math.round(ms))
  if (rounded < 1000) return `${rounded} ms`
  if (rounded < 9950 && rounded % 1000 !== 0) return `${(rounded / 1000).toFixed(1).replace('.0', '')} s`
  return span(rounded)
}

/** Says in whole seconds how long something lasts that is watched as it passes: `0 s`, `4 min 2 s`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return joined(minutes, 'min', seconds % 60, 's')
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? joined(hours, 'h', minutes % 60, 'min') : `${Math.floor(hours / 24)} d`
}

/** Says how many: `1 refresh`, `3 refreshes`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Says the time of day, with seconds: `09:30:05`. Without a zone it is the local one. */
export function timeOfDay(at: number, timeZone: string | undefined): string {
  const zone = timeZone ?? ''
  let format = formats.get(zone)
  if (format === undefined) {
    const fields = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
    format = new Intl.DateTimeFormat('en-GB', timeZone === undefined ? fields : { ...fields, timeZone })
    formats.set(zone, format)
  }
  // Beyond the range of Date there is no time of day.
  return Math.abs(at) <= 8.64e15 ? format.format(at) : '--:--:--'
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}
