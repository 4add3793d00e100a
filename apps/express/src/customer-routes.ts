/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 hands a rejection to the error handlers */
import { isAuthorizationServerError } from '@evergrant/core'
import express, { Router } from 'express'
import type { Customers } from './customers.ts'
import { GatewayError } from './gateway-error.ts'
import { expectSettings } from './gateway-errors.ts'
import type { CustomerConnection } from './gateway-providers.ts'
import { sameOriginOnly } from './same-origin.ts'

const longestValue = 1024

/** Sign-in and sign-out of a TRAVIS customer. */
export function customerRoutes(
  customers: Customers,
  { settings }: Pick<CustomerConnection, 'settings'>,
): Router {
  const routes = Router()
  routes.post('/sign-in', sameOriginOnly, express.json({ limit: '8kb' }), async (request, response) => {
    expectSettings(response, settings)
    try {
      await customers.signIn(request, response, readCredentials(request.body))
    } catch (error) {
      if (!isRefusedPassword(error)) throw error
      // The person's own password: no variable sets it.
      expectSettings(response, undefined)
      throw wrongPassword()
    }
    response.json({ message: 'You are signed in.' })
  })
  routes.post('/sign-out', sameOriginOnly, async (request, response) => {
    const isConfirmed = await customers.signOut(request, response)
    const doubt = isConfirmed ? '' : ' TRAVIS did not confirm that the session there has ended, too.'
    response.json({ message: `You are signed out.${doubt}` })
  })
  return routes
}

function readCredentials(body: unknown): { username: string; password: string } {
  const { username, password } = (body ?? {}) as Readonly<Record<string, unknown>>
  if (isFilled(username) && isFilled(password)) return { username: username.trim(), password }
  throw new GatewayError(400, 'invalid_request', 'Give a user name and a password.')
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= longestValue
}

function isRefusedPassword(error: unknown): boolean {
  return isAuthorizationServerError(error) && error.code === 'credentials_rejected'
}

function wrongPassword(): GatewayError {
  const message = 'TRAVIS does not accept this user name and password.'
  return new GatewayError(401, 'credentials_rejected', message)
}
