import { timeOf } from '@evergrant/page-kit/page'
import { useAccessToken } from '@evergrant/react'
import type { ReactNode } from 'react'
import type { TokensName } from '../settings.ts'
import { redact } from './redact.ts'

/** What a script in this page gets to see of the token; a bad one, too. */
export function ScriptView({ name }: { readonly name: TokensName }): ReactNode {
  const { mode, accessToken, expiresAt } = useAccessToken(name)
  return (
    <p className="script-view">
      <b>What a script can see:</b>{' '}
      {accessToken === undefined ? (
        mode === 'proxy' ? (
          'no token. The cookie is out of its reach, too.'
        ) : (
          'no token yet.'
        )
      ) : (
        <>
          <code>{redact(accessToken)}</code>, {accessToken.length} characters
          {expiresAt !== undefined && <>, until {timeOf(expiresAt)}</>}. In memory only, and never the refresh
          token.
        </>
      )}
    </p>
  )
}
