import { element, setText } from './dom.js'
import { figuresOf } from './cluster-figures.js'
import { ProcessItem } from './process-item.js'

/**
 * @typedef {import('./gateway-client.js').Cluster} Cluster
 * @typedef {import('./gateway-client.js').ProviderCredential} ProviderCredential
 */

const outage =
  'Redis is away: each process uses its valid tokens, and obtains new ones for itself where that is safe. Nothing is shared or counted meanwhile.'

/** The processes that share the tokens, and what that saves in numbers. */
export class ClusterPanel {
  #section
  #outage = element('p', { class: 'notice', role: 'status', hidden: true })
  #figures = element('dl', { class: 'figures' })
  #list = element('ul', { class: 'processes' })
  /** @type {Map<string, ProcessItem>} */
  #items = new Map()
  /** @type {Map<string, { label: Element, value: Element }>} */
  #tiles = new Map()

  /** @param {HTMLElement} section hidden until there is more than one process */
  constructor(section) {
    this.#section = section
    section.append(this.#list, this.#outage, this.#figures)
  }

  /**
   * @param {Cluster | undefined} cluster undefined: the gateway is alone
   * @param {ProviderCredential[]} credentials
   */
  update(cluster, credentials) {
    this.#section.hidden = cluster === undefined
    if (cluster === undefined) return
    setText(this.#outage, cluster.isStoreAway ? outage : '')
    this.#outage.hidden = !cluster.isStoreAway
    // What the processes obtain is not counted then; of the emulator's count alone nothing follows.
    this.#figures.hidden = cluster.isStoreAway
    for (const each of cluster.processes) this.#itemOf(each, cluster.self).update(each)
    for (const [name, { label, value }] of Object.entries(figuresOf(cluster.processes, credentials))) {
      const tile = this.#tileOf(name)
      setText(tile.label, label)
      setText(tile.value, value)
    }
  }

  /**
   * @param {Cluster['processes'][number]} process
   * @param {string} self
   */
  #itemOf(process, self) {
    let item = this.#items.get(process.name)
    if (item === undefined) {
      item = new ProcessItem(process, self)
      this.#items.set(process.name, item)
      this.#list.append(item.element)
    }
    return item
  }

  /** @param {string} name */
  #tileOf(name) {
    let tile = this.#tiles.get(name)
    if (tile === undefined) {
      tile = { label: element('dt'), value: element('dd') }
      this.#tiles.set(name, tile)
      this.#figures.append(element('div', {}, tile.label, tile.value))
    }
    return tile
  }
}
