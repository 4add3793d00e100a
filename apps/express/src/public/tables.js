import { element } from './dom.js'

/**
 * @typedef {object} Column
 * @property {string} label
 * @property {string} path the member of a record, dots for nested ones
 * @property {(value: string) => string} [show]
 *
 * @typedef {{ what: string, path: string, columns: Column[] }} Table
 */

const number = new Intl.NumberFormat('en')
const money = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', maximumFractionDigits: 0 })

/** @param {string} code */
const words = code => {
  const text = code.replaceAll('_', ' ').toLowerCase()
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** @type {Column[]} */
const vehicleColumns = [
  { label: 'Plate', path: 'licensePlate' },
  { label: 'Vehicle', path: 'model' },
  { label: 'Status', path: 'status', show: words },
  { label: 'Last seen', path: 'lastPosition.city' },
]

/** What the page shows of each provider's records. @type {Record<string, Table>} */
export const tables = {
  travis: { what: 'vehicles', path: 'api/travis-service/vehicles?size=5', columns: vehicleColumns },
  trafficStars: {
    what: 'campaigns',
    path: 'api/trafficstars/campaigns?limit=5',
    columns: [
      { label: 'Campaign', path: 'name', show: name => name.split(' | ')[0] ?? '' },
      { label: 'Format', path: 'ad_format', show: words },
      { label: 'Status', path: 'status', show: words },
      { label: 'Daily budget', path: 'daily_budget', show: value => money.format(Number(value)) },
    ],
  },
  teamServer: {
    what: 'data sources',
    path: 'api/team-server/datasources?pageSize=5',
    columns: [
      { label: 'Data source', path: 'name' },
      { label: 'Platform', path: 'platform' },
      { label: 'Environment', path: 'environment' },
    ],
  },
  iris: {
    what: 'machines',
    path: 'api/iris/assets?size=5',
    columns: [
      { label: 'Machine', path: 'name' },
      { label: 'Model', path: 'model' },
      { label: 'Activity', path: 'activity', show: words },
      {
        label: 'Hours',
        path: 'operatingHours',
        show: value => `${number.format(Math.round(Number(value)))}\u00A0h`,
      },
    ],
  },
  truphone: {
    what: 'SIM cards',
    path: 'api/truphone/sims?per_page=5',
    columns: [
      { label: 'SIM card', path: 'label' },
      { label: 'Status', path: 'status', show: words },
      { label: 'Rate plan', path: 'rate_plan' },
      { label: 'Data', path: 'data_used_mb', show: value => `${number.format(Number(value))}\u00A0MB` },
    ],
  },
}

/** @type {Table} */
export const customerTable = {
  what: 'vehicles',
  path: 'api/travis/vehicles?size=5',
  columns: vehicleColumns,
}

/**
 * Makes the table of the first records, in a box that scrolls by itself where the screen is too narrow.
 * @param {Table} table
 * @param {import('./gateway-client.js').Records} answer
 */
export function recordTable({ what, columns }, { records, total }) {
  const caption =
    total === undefined
      ? `The first ${records.length} ${what}`
      : `${records.length} of ${number.format(total)} ${what}`
  const head = element(
    'tr',
    { role: 'row' },
    ...columns.map(({ label }) => element('th', { scope: 'col', role: 'columnheader' }, label)),
  )
  const rows = records.map(record =>
    element('tr', { role: 'row' }, ...columns.map(column => cell(column, record))),
  )
  // The roles by name, because the narrow layout takes them away from a table whose rows are blocks.
  const body = { role: 'rowgroup' }
  return element(
    'div',
    { class: 'scroller', role: 'region', tabindex: 0, 'aria-label': caption },
    element(
      'table',
      { role: 'table' },
      element('caption', {}, caption),
      element('thead', body, head),
      element('tbody', body, ...rows),
    ),
  )
}

/**
 * @param {Column} column
 * @param {unknown} record
 */
function cell({ path, show = text => text }, record) {
  const value = path.split('.').reduce(member, record)
  const isShown = typeof value === 'string' || typeof value === 'number'
  return element('td', { role: 'cell' }, isShown ? show(String(value)) : '–')
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {unknown}
 */
function member(value, name) {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
