/** One element as plain data, so that a drawing can be computed and tested without a document. */
export interface Shape {
  readonly tag: string
  readonly attributes?: Readonly<Record<string, string | number>> | undefined
  /** Its text; then it has no children. */
  readonly text?: string | undefined
  readonly children?: readonly Shape[] | undefined
}

const svgNamespace = 'http://www.w3.org/2000/svg'

/** Makes the children of `parent` what `shapes` say. Keeps elements that are there, so that transitions go on. */
export function patch(parent: Element, shapes: readonly Shape[]): void {
  for (const [index, shape] of shapes.entries()) {
    const present = parent.children[index]
    if (present?.localName === shape.tag) {
      update(present, shape)
      continue
    }
    const made = create(parent, shape.tag)
    update(made, shape)
    if (present === undefined) parent.append(made)
    else present.replaceWith(made)
  }
  while (parent.children.length > shapes.length) parent.lastElementChild?.remove()
}

function create(parent: Element, tag: string): Element {
  const isSvg = tag === 'svg' || parent.namespaceURI === svgNamespace
  return isSvg ? document.createElementNS(svgNamespace, tag) : document.createElement(tag)
}

function update(element: Element, { attributes = {}, text, children = [] }: Shape): void {
  for (const name of element.getAttributeNames()) {
    if (!Object.hasOwn(attributes, name)) element.removeAttribute(name)
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value))
  }
  if (text === undefined) patch(element, children)
  else if (element.textContent !== text) element.textContent = text
}
