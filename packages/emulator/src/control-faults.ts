import { allow, answerChange, ControlError, readBody } from './control-request.ts'
import type { Emulator } from './emulator.ts'
import type { Fault, FaultDescription } from './faults/fault.ts'
import { json } from './http/responses.ts'
import type { ProviderEmulator } from './provider-emulator.ts'

/**
 * Shows, adds or clears a provider's faults. JSON has no infinity, so `"Infinity"` stands for it.
 * @throws {ControlError} the request is refused
 */
export async function answerFaults(provider: ProviderEmulator, request: Request): Promise<Response> {
  allow(request, 'GET', 'HEAD', 'POST', 'DELETE')
  if (request.method === 'DELETE') {
    provider.faults.clear()
    return new Response(null, { status: 204 })
  }
  if (request.method !== 'POST') return json(200, { faults: shown(provider.faults.list()) })
  const body = await readBody(request)
  const fault = body['times'] === 'Infinity' ? { ...body, times: Infinity } : body
  // Whatever it is: `add` checks it.
  answerChange(() => provider.faults.add(fault as unknown as Fault))
  return json(201, { faults: shown(provider.faults.list()) })
}

/**
 * Changes a provider's habits, which are what its `configure` takes.
 * @throws {ControlError} the request is refused
 */
export async function configure(
  emulator: Emulator,
  provider: ProviderEmulator,
  request: Request,
): Promise<Response> {
  const habits = await readBody(request)
  const { travis, trafficStars, teamServer, iris, truphone } = emulator
  const found = [travis, trafficStars, teamServer, iris, truphone].find(({ name }) => name === provider.name)
  if (!found) throw new ControlError(404, `${provider.name} has no habits.`)
  answerChange(() => found.configure(habits))
  return new Response(null, { status: 204 })
}

function shown(faults: readonly FaultDescription[]): readonly object[] {
  return faults.map(fault => (fault.remaining === Infinity ? { ...fault, remaining: 'Infinity' } : fault))
}
