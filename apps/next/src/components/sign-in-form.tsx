'use client'

import { useActionState, useEffect, useId, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { signIn } from '../app/actions.ts'
import type { ExampleAccount } from '../lib/examples.ts'
import { keepsCookies } from '../lib/keeps-cookies.ts'
import { useArrival } from './use-arrival.ts'

const cookiesOff =
  'Your browser refuses cookies from this site, and without one nobody can stay signed in. Allow cookies, then load this page again.'

/** The form of a server action: without JavaScript the browser sends it by itself. */
export function SignInForm({
  notice,
  examples,
}: {
  readonly notice: { readonly text: string; readonly isTrouble: boolean } | undefined
  readonly examples: readonly ExampleAccount[]
}): ReactNode {
  const [outcome, send, isPending] = useActionState(signIn, undefined)
  const [isWithoutCookies, setIsWithoutCookies] = useState(false)
  const title = useArrival()
  const failure = useRef<HTMLParagraphElement>(null)
  const name = useRef<HTMLInputElement>(null)
  const password = useRef<HTMLInputElement>(null)
  const id = useId()

  useEffect(() => setIsWithoutCookies(!keepsCookies()), [])
  useEffect(() => {
    if (outcome !== undefined) failure.current?.focus()
  }, [outcome])

  const message = outcome?.message
  const shown = message === undefined ? notice : { text: message, isTrouble: true }
  return (
    <section className="panel narrow" aria-labelledby="title">
      <h1 id="title" ref={title} tabIndex={-1}>
        Sign in
      </h1>
      <p className="quiet">See where your vehicles are, with your TRAVIS account.</p>
      {isWithoutCookies && (
        <p className="notice" role="alert">
          {cookiesOff}
        </p>
      )}
      {shown !== undefined && !isWithoutCookies && (
        <p
          id={`${id}-outcome`}
          key={outcome?.triedAt}
          ref={failure}
          className={shown.isTrouble ? 'notice' : 'notice calm'}
          role={shown.isTrouble ? 'alert' : 'status'}
          tabIndex={-1}
        >
          {shown.text}
        </p>
      )}
      <form
        action={send}
        onSubmit={event => {
          // Each try counts: a second press of the button is none.
          if (isPending) event.preventDefault()
        }}
      >
        <div className="field">
          <label htmlFor={`${id}-username`}>User name</label>
          <input
            ref={name}
            id={`${id}-username`}
            name="username"
            type="text"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={1024}
            required
            defaultValue={outcome?.username}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-password`}>Password</label>
          <input
            ref={password}
            id={`${id}-password`}
            name="password"
            type="password"
            autoComplete="current-password"
            maxLength={1024}
            required
          />
        </div>
        <button type="submit" className="primary" aria-disabled={isPending}>
          {isPending ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
      {examples.length > 0 && (
        <div className="examples">
          <p>TRAVIS is emulated here. These accounts are made up; anybody may try them:</p>
          <ul>
            {examples.map(example => (
              <li key={example.username}>
                <details>
                  <summary>{example.username}</summary>
                  <p>
                    Password: <code>{example.password}</code>
                  </p>
                </details>
                <button
                  type="button"
                  className="chip"
                  onClick={() => {
                    if (name.current !== null) name.current.value = example.username
                    if (password.current !== null) password.current.value = example.password
                  }}
                >
                  Fill in<span className="hidden"> {example.username}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  )
}
