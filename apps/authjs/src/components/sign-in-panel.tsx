import type { ReactNode } from 'react'
import { goToSignIn } from '../app/actions.ts'

/** The way in, and accounts that anybody may try. */
export function SignInPanel({ notice }: { readonly notice: string | undefined }): ReactNode {
  const accounts = examplesFrom(process.env['EXAMPLE_ACCOUNTS'])
  return (
    <section className="panel">
      <h1>Sign in</h1>
      {notice !== undefined && (
        <p className="notice" role="status">
          {notice}
        </p>
      )}
      <p>TRAVIS asks for your name and password on a page of its own, and sends you back here.</p>
      <form action={goToSignIn}>
        <button type="submit" className="primary">
          Sign in with TRAVIS
        </button>
      </form>
      {accounts.length > 0 && (
        <>
          <h2>Accounts to try</h2>
          <p>TRAVIS is emulated here, and these are made up:</p>
          <dl>
            {accounts.map(({ username, password }) => (
              <div key={username}>
                <dt>{username}</dt>
                <dd>
                  <code>{password}</code>
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </section>
  )
}

interface Example {
  readonly username: string
  readonly password: string
}

function examplesFrom(text: string | undefined): readonly Example[] {
  return text === undefined ? [] : (JSON.parse(text) as readonly Example[])
}
