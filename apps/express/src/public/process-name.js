import { element } from './dom.js'

/**
 * A gateway's name with its colour.
 * @param {string} name `A`
 */
export function processName(name) {
  return element('span', { class: 'process-name', 'data-process': name }, `Gateway ${name}`)
}
