export { createEmulator } from './emulator.ts'
export type { Emulator, EmulatorOptions } from './emulator.ts'
export type {
  DelayFault,
  ErrorInside200Fault,
  Fault,
  FaultDescription,
  FaultHandle,
  FaultKind,
  Faults,
  FaultTarget,
  OversizedFault,
  RedirectFault,
  ResetFault,
  SlowBodyFault,
  SpoiledAnswerFault,
  StatusFault,
} from './faults/fault.ts'
export type {
  IrisHabits,
  KeycloakHabits,
  Rotation,
  TeamServerHabits,
  TrafficStarsHabits,
} from './habits/habits.ts'
export { playScript } from './play-script.ts'
export type { PlayingScript, ScriptEvent } from './play-script.ts'
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
  KeycloakControls,
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
