/** Tells what is wrong with a value (`must be …`), or returns undefined. */
export type MemberCheck = (value: unknown) => string | undefined

/** What an object may contain. */
export type Shape = Readonly<Record<string, MemberCheck>>

/** Accepts one of some strings or numbers. */
export function oneOf(...values: readonly (string | number)[]): MemberCheck {
  const words = values.map(value => JSON.stringify(value)).join(', ')
  return value => (values.some(candidate => candidate === value) ? undefined : `must be one of ${words}`)
}

/** Accepts a number between two, both included. */
export function numberFrom(least: number, most: number): MemberCheck {
  const range = most === Infinity ? `${least} or more` : `from ${least} to ${most}`
  return value =>
    typeof value === 'number' && value >= least && value <= most ? undefined : `must be a number, ${range}`
}

/** Accepts a number above 0, short of infinity. */
export const positiveNumber: MemberCheck = value =>
  typeof value === 'number' && value > 0 && Number.isFinite(value) ? undefined : 'must be a number above 0'

/** Accepts a whole number between two, both included. */
export function integerFrom(least: number, most: number): MemberCheck {
  return value =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most
      ? undefined
      : `must be a whole number from ${least} to ${most}`
}

export const isString: MemberCheck = value => (typeof value === 'string' ? undefined : 'must be a string')

export const isBoolean: MemberCheck = value =>
  typeof value === 'boolean' ? undefined : 'must be true or false'

/** Whether a value is an object with members, and no array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Names every member that the shape does not know or accept; an undefined member counts as absent. */
export function problemsOf(
  value: Readonly<Record<string, unknown>>,
  shape: Shape,
  required: readonly string[] = [],
): readonly string[] {
  const problems = Object.entries(value).flatMap(([name, member]) => {
    if (member === undefined) return []
    const check = Object.hasOwn(shape, name) ? shape[name] : undefined
    if (!check) return [`"${name}" is unknown (there are: ${Object.keys(shape).join(', ')})`]
    const problem = check(member)
    return problem === undefined ? [] : [`"${name}" ${problem}`]
  })
  const missing = required.filter(name => value[name] === undefined).map(name => `"${name}" is missing`)
  return [...missing, ...problems]
}
