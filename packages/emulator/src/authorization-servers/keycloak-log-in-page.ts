/** What the log-in page shows. */
export interface LogInPage {
  readonly realm: string
  readonly clientId: string
  /** Where the form goes. */
  readonly action: string
  /** Binds the form to its authorization request, for one posting. */
  readonly code: string
  readonly username: string
  /** Why the last try failed. */
  readonly error?: string | undefined
}

/** Returns the log-in page: plain HTML, without a script. */
export function logInPage({ realm, clientId, action, code, username, error }: LogInPage): Response {
  const alert = error === undefined ? '' : `<p id="error" role="alert">${escaped(error)}</p>`
  const invalid = error === undefined ? '' : ' aria-invalid="true" aria-describedby="error"'
  return page(
    200,
    `Sign in to ${realm}`,
    `<p>to continue to <strong>${escaped(clientId)}</strong></p>
${alert}
<form method="post" action="${escaped(action)}">
<input type="hidden" name="session_code" value="${escaped(code)}">
<label for="username">User name</label>
<input id="username" name="username" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required value="${escaped(username)}"${invalid}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${invalid}>
<div class="actions">
<button type="submit">Sign in</button>
<button type="submit" name="cancel" value="true" formnovalidate class="quiet">Cancel</button>
</div>
</form>`,
  )
}

/** Returns the page for what cannot be told to the client. */
export function logInErrorPage(message: string): Response {
  return page(400, 'We are sorry...', `<p role="alert">${escaped(message)}</p>`)
}

function page(status: number, title: string, content: string): Response {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${content}
<p class="note">An emulated Keycloak: every name and password here is made up.</p>
</main>
</body>
</html>
`
  return new Response(html, { status, headers: pageHeaders })
}

// No `form-action`: browsers apply it to the redirect that follows the form, and that one leads to the application.
const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store, must-revalidate, max-age=0',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'none',
}

const style = `
:root { color-scheme: light dark; --back: #f4f5f7; --card: #fff; --text: #1b1f24; --quiet: #4d5560; --line: #767d86; --accent: #0b57b0; --on-accent: #fff; --bad: #a4161a }
@media (prefers-color-scheme: dark) { :root { --back: #14171b; --card: #1e2329; --text: #e9ecf0; --quiet: #b3bac3; --line: #828a94; --accent: #8ab8ff; --on-accent: #0b1a2e; --bad: #ff9a9d } }
* { box-sizing: border-box }
body { margin: 0; padding: 1.5rem 1rem; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 26rem; margin: 0 auto; padding: 1.5rem; background: var(--card); border-radius: .75rem; overflow-wrap: anywhere }
h1 { margin: 0; font-size: 1.375rem; line-height: 1.3 }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600 }
input { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .5rem; background: transparent; color: inherit; font: inherit }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem }
button { min-height: 2.75rem; padding: .5rem 1.25rem; border: 1px solid var(--accent); border-radius: .5rem; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; cursor: pointer }
button.quiet { background: transparent; color: var(--accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
[role=alert] { color: var(--bad); font-weight: 600 }
.note { margin: 1.5rem 0 0; color: var(--quiet); font-size: .875rem }
`

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
