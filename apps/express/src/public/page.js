import { ClusterPanel } from './cluster-panel.js'
import { CustomerCard } from './customer-card.js'
import { setText } from './dom.js'
import { get } from './gateway-client.js'
import { LiveEvents } from './live-events.js'
import { NewsLine } from './news-line.js'
import { ProviderCard } from './provider-card.js'

/** @typedef {import('./gateway-client.js').Status} Status */

const pollMs = 4000
// What happens to the other processes is no event of this one.
const clusterPollMs = 1000

/** @param {string} id */
function byId(id) {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page lacks #${id}.`)
  return found
}

const overview = byId('overview')
const outage = byId('outage')
const news = new NewsLine(byId('news'))
const panel = new ClusterPanel(byId('cluster'))
/** @type {Map<string, ProviderCard>} */
const cards = new Map()
/** @type {Map<string, string>} */
const titles = new Map()
/** Messages that came before their card. @type {import('./token-streams.js').StreamedMessage[]} */
const early = []
const customer = new CustomerCard()
byId('cards').append(customer.element)
const live = new LiveEvents(
  message => void tell(message),
  () => {
    // Whoever is still signed in is followed again, but not at once: the gateway may refuse it for a while.
    live.follow(undefined)
    setTimeout(() => void refresh(), 1000)
  },
)

let asked = 0
let answered = 0
let isClustered = false

async function refresh() {
  const turn = ++asked
  /** @type {Status | Error} */
  const status = await get('api/status').catch(error => error)
  // An older answer that comes late, or fails to, must not undo a newer one.
  if (turn < answered) return
  answered = turn
  if (!(status instanceof Error)) return show(status)
  setText(outage, status.message)
  outage.hidden = false
}

/** @param {Status} status */
function show({ at, credentials, customer: person, cluster }) {
  outage.hidden = true
  showCluster(cluster, credentials)
  for (const credential of credentials) {
    let card = cards.get(credential.name)
    if (card === undefined) {
      card = new ProviderCard(credential)
      titles.set(credential.name, credential.title)
      cards.set(credential.name, card)
      customer.element.before(card.element)
      for (const message of early.splice(0)) void tell(message)
      void card.load()
    }
    card.update(credential, at)
  }
  customer.update(person, at)
  live.follow(person.session)
  setText(overview, summary(credentials))
}

/**
 * @param {Status['cluster']} cluster
 * @param {Status['credentials']} credentials
 */
function showCluster(cluster, credentials) {
  panel.update(cluster, credentials)
  if (cluster === undefined || isClustered) return
  isClustered = true
  const name = `Evergrant gateway ${cluster.self}`
  document.title = name
  for (const heading of document.getElementsByTagName('h1')) setText(heading, name)
}

/** @param {import('./token-streams.js').StreamedMessage} message */
async function tell(message) {
  if (message.session !== undefined) {
    if (message.event !== undefined) refreshSoon()
    await customer.tell(message)
    return
  }
  const card = cards.get(message.name)
  if (card === undefined) {
    early.push(message)
    return
  }
  if (message.event !== undefined) refreshSoon()
  const sentence = await card.tell(message)
  if (message.event === undefined) news.listens()
  else news.tell(titles.get(message.name) ?? message.name, sentence)
}

function poll() {
  setTimeout(
    () => {
      if (!document.hidden) void refresh()
      poll()
    },
    isClustered ? clusterPollMs : pollMs,
  )
}

let isRefreshDue = false

// Events come in bursts: one look at the state serves them all.
function refreshSoon() {
  if (isRefreshDue || document.hidden) return
  isRefreshDue = true
  setTimeout(() => {
    isRefreshDue = false
    void refresh()
  }, 100)
}

/** @param {Status['credentials']} credentials */
function summary(credentials) {
  const fresh = credentials.filter(({ state }) => state === 'fresh' || state === 'renewing').length
  const emulated = credentials.filter(({ isEmulated }) => isEmulated).length
  const where =
    emulated === 0 ? 'all real' : emulated === credentials.length ? 'all emulated' : `${emulated} emulated`
  return `${fresh} of ${credentials.length} access tokens in good health, ${where}`
}

// A credential has changed as soon as its API was asked: show it without waiting for the next poll.
document.addEventListener('asked', () => void refresh())
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void refresh()
})
poll()
setInterval(() => {
  for (const card of [...cards.values(), customer]) card.tick()
}, 1000)
if (!live.start()) news.cannotListen()
void refresh()
