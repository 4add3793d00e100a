/**
 * The network that tries of one address are counted for: an IPv4 address itself, however it is written, and the /64 of
 * an IPv6 address, because whoever has one address has all of them. A port is left out. What is no address stays as it is.
 * @see RFC 4291 §2.5.5, RFC 6052 §2.1
 */
export function networkOf(address: string): string {
  const text = address.trim().toLowerCase()
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^(\d+(?:\.\d+){3}):\d+$/, '$1')
  if (!bare.includes(':')) return bare
  const groups = groupsOf(bare.split('%')[0] ?? '')
  if (groups === undefined) return bare
  const [a = 0, b = 0] = groups.slice(-2)
  const head = groups.slice(0, 6).join(':')
  if (head === '0:0:0:0:0:65535') return [a >> 8, a & 255, b >> 8, b & 255].join('.')
  // Behind a translator every IPv4 address has one of these.
  const isTranslated = head === '100:65435:0:0:0:0'
  return (isTranslated ? groups : groups.slice(0, 4)).map(group => group.toString(16)).join(':')
}

/** The eight groups of an IPv6 address; undefined: it is none. */
function groupsOf(address: string): number[] | undefined {
  const url = `http://[${address}]/`
  if (!URL.canParse(url)) return undefined
  const [head = '', tail] = new URL(url).hostname.slice(1, -1).split('::')
  const [before, after] = [numbers(head), numbers(tail ?? '')]
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0)
  return [...before, ...zeros, ...after]
}

function numbers(part: string): number[] {
  return part
    .split(':')
    .filter(group => group !== '')
    .map(group => Number.parseInt(group, 16))
}
