import { useId, useRef, useState } from 'react'
import type { FormEvent, ReactNode } from 'react'
import { signInFailure } from './session-words.ts'
import type { ExampleAccount } from '../example-account.ts'

/** The form, filled in with the first account: all of them are fake. */
export function SignInForm({
  signIn,
  accounts,
  onSignIn,
}: {
  /** Fails when the account is refused. */
  readonly signIn: (account: ExampleAccount) => Promise<unknown>
  readonly accounts: readonly ExampleAccount[]
  /** Told when a try begins, and with `false` when it has failed. */
  readonly onSignIn: (isUnderWay: boolean) => void
}): ReactNode {
  const [account, setAccount] = useState(accounts[0] ?? { username: '', password: '' })
  const [failure, setFailure] = useState<string>()
  const isPending = useRef(false)
  const id = useId()

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    // Each try counts: a second press of the button is none.
    if (isPending.current) return
    isPending.current = true
    setFailure(undefined)
    try {
      onSignIn(true)
      await signIn(account)
    } catch (error) {
      onSignIn(false)
      setFailure(signInFailure(error))
    } finally {
      isPending.current = false
    }
  }

  return (
    <form onSubmit={event => void submit(event)}>
      <div className="field">
        <label htmlFor={`${id}-username`}>User name</label>
        <input
          id={`${id}-username`}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
          value={account.username}
          onChange={({ target }) => setAccount({ ...account, username: target.value })}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}-password`}>Password (fake, so it may be seen)</label>
        <input
          id={`${id}-password`}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
          value={account.password}
          onChange={({ target }) => setAccount({ ...account, password: target.value })}
        />
      </div>
      {failure !== undefined && (
        <p className="notice" role="alert">
          {failure}
        </p>
      )}
      <button type="submit" className="primary">
        Sign in
      </button>
      {accounts.length > 1 && (
        <p className="chips">
          <span className="quiet">Or fill in:</span>
          {accounts.map(each => (
            <button key={each.username} type="button" className="chip" onClick={() => setAccount(each)}>
              {each.username.split('@')[0]}
            </button>
          ))}
        </p>
      )}
    </form>
  )
}
