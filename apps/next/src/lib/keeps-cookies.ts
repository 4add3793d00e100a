const name = 'fleet-keeps-cookies'

/** Tells whether the browser keeps cookies of this site, by setting one. `navigator.cookieEnabled` is true in browsers that block them. */
export function keepsCookies(): boolean {
  document.cookie = `${name}=1; Path=/; SameSite=Strict; Max-Age=60`
  const isKept = document.cookie.includes(`${name}=1`)
  document.cookie = `${name}=; Path=/; SameSite=Strict; Max-Age=0`
  return isKept
}
