/**
 * Reads a port. Default 3000.
 * @throws {Error} it is none
 */
export function readPort(text = ''): number {
  if (text === '') return 3000
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new Error(`PORT must be a whole number from 0 to 65535, not "${text}".`)
}
