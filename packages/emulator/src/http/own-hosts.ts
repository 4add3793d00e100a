import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/**
 * Returns a test for the names under which a server may be asked, for host names as URLs have them. On loopback these
 * are loopback's names and addresses and `boundHost`: a web page whose name was pointed here (DNS rebinding) could
 * otherwise read every answer. Elsewhere any name will do, because a server cannot know its own.
 */
export function ownHosts(boundHost: string, address: string): (hostname: string) => boolean {
  if (!isLoopback(address)) return () => true
  return hostname => {
    const name = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
    const isLocal = name === 'localhost' || name.endsWith('.localhost')
    return isLocal || isLoopback(name) || name === boundHost.toLowerCase()
  }
}

function isLoopback(address: string): boolean {
  const version = isIP(address)
  return version !== 0 && loopback.check(address, version === 6 ? 'ipv6' : 'ipv4')
}
