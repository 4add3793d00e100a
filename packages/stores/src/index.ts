export * from './encrypted.ts'
export * from './file.ts'
export * from './postgres.ts'
export * from './redis.ts'
