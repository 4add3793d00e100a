import { attachAccessToken } from '@evergrant/axios'
import type { AccessTokenSource } from '@evergrant/core'
import { create } from 'axios'
import type { RecordsFetch } from './records.ts'

/** Asks one API by axios, whose interceptor puts the token on. Paths are below `baseURL`. */
export function campaignsByAxios(tokens: AccessTokenSource, baseURL: string): RecordsFetch {
  const api = create({ baseURL, validateStatus: () => true })
  attachAccessToken(api, tokens)
  return async path => {
    const { data, status } = await api.get<unknown>(path)
    return Response.json(data, { status })
  }
}
