import { createAuthRoutes } from '@evergrant/next'
import { once } from '../../../../lib/once.ts'
import { sessions } from '../../../../lib/tokens.ts'

const routes = once(() => createAuthRoutes(sessions()))

// The pages ask `GET session` here when somebody comes back to a tab. Signing in and out goes by server actions, which
// also work without JavaScript.
export const GET = (request: Request): Promise<Response> => routes().GET(request)
export const POST = (request: Request): Promise<Response> => routes().POST(request)
