/** Counts the columns of a text on a terminal; every character that may be wide counts as two. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += columnsOf(character)
  return width
}

/** Breaks a text into lines of at most `width` columns, between words where that is possible. */
export function wrap(text: string, width: number): string[] {
  // A number stays with its unit.
  return wrapItems(text.split(/ +(?!(?:ms|s|min|h|d)\b)/), width, ' ')
}

/** Puts items on lines of at most `width` columns; an item is broken only if it alone is wider. */
export function wrapItems(items: readonly string[], width: number, separator = '  '): string[] {
  const lines: string[] = []
  let line = ''
  for (const item of items.flatMap(each => pieces(each, width))) {
    const longer = line === '' ? item : line + separator + item
    if (widthOf(longer) <= width) line = longer
    else {
      lines.push(line)
      line = item
    }
  }
  return line === '' ? lines : [...lines, line]
}

/** Fills a text up with spaces. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

function pieces(word: string, width: number): string[] {
  if (widthOf(word) <= width) return word === '' ? [] : [word]
  const parts: string[] = []
  let part = ''
  for (const character of word) {
    // What does not even fit alone is left out rather than shown too wide.
    if (columnsOf(character) > width) continue
    if (widthOf(part) + columnsOf(character) > width) {
      parts.push(part)
      part = ''
    }
    part += character
  }
  return part === '' ? parts : [...parts, part]
}

function columnsOf(character: string): number {
  return (character.codePointAt(0) ?? 0) >= 0x1100 && character !== '…' ? 2 : 1
}
