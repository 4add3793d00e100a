import { createEmulator } from '@evergrant/emulator'
import { startEmulatorServer } from '@evergrant/emulator/server'
import type { EmulatorServer } from '@evergrant/emulator/server'

/** Answers a request in place of the server; `act` is what the server would do. */
export type Answer = (act: () => Promise<Response>) => Promise<Response>

/** An authorization server that a test can stop between a request and its answer. */
export interface DeathServer extends EmulatorServer {
  /** Answers the next refresh; undefined: the server does, as always. */
  onRefresh: Answer | undefined
}

/** Starts it. */
export async function startDeathServer(): Promise<DeathServer> {
  const emulator = createEmulator()
  const handle = async (request: Request): Promise<Response> => {
    const answer = server.onRefresh
    const act = (): Promise<Response> => emulator.handle(request)
    if (answer === undefined || !(await request.clone().text()).includes('grant_type=refresh_token'))
      return act()
    server.onRefresh = undefined
    return answer(act)
  }
  const started = await startEmulatorServer({ emulator: { ...emulator, handle } })
  const server: DeathServer = { ...started, onRefresh: undefined }
  return server
}
