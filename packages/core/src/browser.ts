// What bundles for browsers get in place of index.ts: the same, without passwords and client secrets.
export * from './index.ts'
export {
  clientCredentials,
  clientSecretBasic,
  clientSecretJwt,
  clientSecretPost,
  passwordGrant,
} from './refused-in-browsers.ts'
