import { element } from './dom.js'

/**
 * Makes the form. `signIn` gets what was typed; the password leaves the form at once.
 * @param {{ username: string, password: string }[]} examples
 * @param {(credentials: { username: string, password: string }) => Promise<void>} signIn
 */
export function signInForm(examples, signIn) {
  const username = element('input', {
    id: 'username',
    name: 'username',
    autocomplete: 'username',
    required: true,
  })
  const password = element('input', {
    id: 'password',
    name: 'password',
    type: 'password',
    autocomplete: 'current-password',
    required: true,
  })
  username.autocapitalize = 'none'
  username.spellcheck = false
  const submit = element('button', { type: 'submit', class: 'primary' }, 'Sign in')
  const form = element(
    'form',
    { 'aria-labelledby': 'card-customer' },
    element('p', { class: 'field' }, element('label', { for: 'username' }, 'User name'), username),
    element('p', { class: 'field' }, element('label', { for: 'password' }, 'Password'), password),
    element('p', { class: 'actions' }, submit),
  )
  const send = async () => {
    submit.disabled = true
    const credentials = { username: username.value, password: password.value }
    password.value = ''
    await signIn(credentials)
    submit.disabled = false
    if (form.isConnected) password.focus()
  }
  form.addEventListener('submit', event => {
    event.preventDefault()
    void send()
  })
  if (examples.length > 0) form.append(exampleList(examples, username, password))
  return form
}

/**
 * @param {{ username: string, password: string }[]} examples
 * @param {HTMLInputElement} username
 * @param {HTMLInputElement} password
 */
function exampleList(examples, username, password) {
  const buttons = examples.map(example => {
    const button = element('button', { type: 'button', class: 'chip' }, example.username.split('@')[0] ?? '')
    button.setAttribute('aria-label', `Fill in ${example.username}`)
    button.addEventListener('click', () => {
      username.value = example.username
      password.value = example.password
    })
    return element('li', {}, button)
  })
  return element(
    'div',
    { class: 'examples' },
    element('p', { id: 'examples' }, 'Made-up customers of the emulator:'),
    element('ul', { 'aria-labelledby': 'examples' }, ...buttons),
  )
}
