import { answerChange, ControlError, readBody } from './control-request.ts'
import type { Emulator } from './emulator.ts'
import type { ProviderEmulator } from './provider-emulator.ts'

/** Registers the redirect URIs of TRAVIS' client for customers. */
export async function setRedirectUris(
  emulator: Emulator,
  provider: ProviderEmulator,
  request: Request,
): Promise<Response> {
  const { uris } = await readBody(request)
  const isTravis = provider === emulator.travis
  if (!isTravis || !Array.isArray(uris) || !uris.every(uri => typeof uri === 'string')) {
    throw new ControlError(400, 'Send {"uris": ["<redirect URI>"]}, to travis.')
  }
  answerChange(() => emulator.travis.setRedirectUris(uris))
  return new Response(null, { status: 204 })
}
