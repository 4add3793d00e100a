import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'

interface Holder {
  config?: InternalAxiosRequestConfig
  readonly response?: Holder
  /** A stream of Node.js, or whatever was answered. */
  readonly data?: { readonly on?: (event: symbol, listener: (error: unknown) => unknown) => unknown } | null
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
      const monitor = errorMonitorOf(holder.data)
      if (monitor) holder.data?.on?.(monitor, hide)
    }
    return found
  }
  return sent.then(hide, (error: unknown) => {
    throw hide(error)
  })
}

// What a stream of Node.js fails with later has the config, too. Whoever monitors errors is no listener: one that nobody
// listens to still ends the process.
function errorMonitorOf(data: unknown): symbol | undefined {
  return (data as { readonly constructor?: { readonly errorMonitor?: symbol } } | undefined | null)
    ?.constructor?.errorMonitor
}
