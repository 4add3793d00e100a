import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'

interface Holder {
  config?: InternalAxiosRequestConfig
  readonly response?: Holder
}

/**
 * Takes the token out of what people log: an answer or an error has the config of the caller, and shows the request of the
 * platform only to those who ask for it.
 */
export function withoutToken(
  sent: Promise<AxiosResponse>,
  config: InternalAxiosRequestConfig,
): Promise<AxiosResponse> {
  const hide = <T>(found: T): T => {
    const holder = found as Holder | undefined
    if (holder?.config) {
      holder.config = config
      Object.defineProperty(holder, 'request', { enumerable: false })
      hide(holder.response)
    }
    return found
  }
  return sent.then(hide, (error: unknown) => {
    throw hide(error)
  })
}
