/**
 * @typedef {import('./gateway-client.js').Process} Process
 * @typedef {import('./gateway-client.js').ProviderCredential} ProviderCredential
 * @typedef {{ label: string, value: string }} Figure
 */

/**
 * What sharing saves, as measured: the processes count what they obtain and take over, the emulator what it is asked.
 * @param {Process[]} processes
 * @param {Pick<ProviderCredential, 'shared'>[]} credentials
 * @returns {Record<string, Figure>}
 */
export function figuresOf(processes, credentials) {
  const running = processes.filter(({ end }) => end === undefined).length
  const obtained = sum(processes.map(each => each.obtained))
  const adopted = sum(processes.map(each => each.adopted))
  const figures = {
    running: {
      label: 'Processes',
      value: running === processes.length ? String(running) : `${running} of ${processes.length}`,
    },
    obtained: { label: 'Access tokens obtained', value: String(obtained) },
    adopted: { label: 'Taken over from the other', value: String(adopted) },
  }
  const counted = credentials.flatMap(({ shared }) => (shared?.requests === undefined ? [] : [shared]))
  // Nobody counts at real providers.
  if (counted.length === 0) return figures
  const sent = sum(counted.map(({ requests }) => requests?.sent ?? 0))
  const failed = sum(counted.map(({ requests }) => requests?.failed ?? 0))
  const brought = sum(counted.flatMap(each => each.processes.map(process => process.obtained)))
  return {
    ...figures,
    sent: {
      label: `Token requests at the emulator${failed === 0 ? '' : `, ${failed} without success`}`,
      value: String(sent),
    },
    share: { label: 'Token requests per expiry', value: brought === 0 ? '–' : rounded(sent / brought) },
  }
}

/** @param {number} ratio */
function rounded(ratio) {
  return ratio.toFixed(2).replace(/\.?0+$/, '')
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, each) => total + each, 0)
}
