export { createEmulator } from './emulator.ts'
export type { Emulator, EmulatorOptions } from './emulator.ts'
export type { Journal, JournalEntry, JournalFilter, RequestKind } from './journal.ts'
export type { ProviderName } from './provider-name.ts'
export type {
  ClientCredentials,
  IrisCredentials,
  TeamServerCredentials,
  TrafficStarsCredentials,
  TravisCredentials,
  TruphoneCredentials,
  UserCredentials,
} from './credentials.ts'
export type {
  IrisEmulator,
  KeycloakEndpoints,
  ProviderEmulator,
  ProviderEndpoints,
  TeamServerEmulator,
  TeamServerEndpoints,
  TokenLifetimes,
  TrafficStarsEmulator,
  TrafficStarsEndpoints,
  TravisEmulator,
  TruphoneEmulator,
} from './provider-emulator.ts'
