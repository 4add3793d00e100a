import { isLoopbackHost } from '../loopback-host.ts'

/** Says what is wrong with a target, one sentence each; empty where it can be used. Repeats nothing of it. */
export function targetProblems(target: unknown): string[] {
  const url = typeof target === 'string' && URL.canParse(target) ? new URL(target) : undefined
  if (url === undefined || typeof target !== 'string' || !/^https?:\/\//i.test(target)) {
    return ['target must be an absolute URL, such as https://api.example.com/v1/.']
  }
  const problems: string[] = []
  if (url.username !== '' || url.password !== '') {
    problems.push('target must hold no user name and no password: the access token takes their place.')
  }
  if (target.includes('?')) problems.push('target must have no query: the query is that of each request.')
  if (target.includes('#')) problems.push('target must have no fragment: it is never sent.')
  if (url.protocol !== 'https:' && !isLoopbackHost(url.hostname)) {
    problems.push(
      'target must be https, because it gets access tokens; plain http is for this machine alone.',
    )
  }
  return problems
}

/** The base that paths are appended to. It ends with a slash. */
export function targetBase(target: string): URL {
  const base = new URL(target)
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return base
}

/** Builds the URL of a request at the API. Undefined: it would not lie below the base, and must not be sent. */
export function targetUrl(base: URL, path: string, search: string): string | undefined {
  // Cannot fail: nothing that is appended to a path makes a URL that is none.
  const url = new URL(base.href + path + search)
  const isBelow = url.origin === base.origin && url.pathname.startsWith(base.pathname)
  return isBelow && url.username === '' && url.password === '' ? url.href : undefined
}
