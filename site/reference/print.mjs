// @ts-check
// One public name as markdown.
import { ReflectionKind } from 'typedoc'
import { proseOf, tagOf } from './comments.mjs'
import { genericsOf, linked, signatureOf, textOf, withoutUndefined } from './types.mjs'

/** @typedef {import('typedoc').DeclarationReflection} Declaration */
/** @typedef {import('./catalogue.mjs').PublicName} PublicName */
/** @typedef {(name: string) => string | undefined} AddressOf */

/** Users of a type that its page names. */
const NAMED_USERS = 8

/** What every Error has. */
const OF_EVERY_ERROR = ['cause', 'message', 'name', 'stack']

/**
 * @param {PublicName} entry
 * @param {AddressOf} addressOf
 * @param {import('./uses.mjs').UsesOf} usesOf
 * @returns {string} markdown, without the heading
 */
export function printName(entry, addressOf, usesOf) {
  const { reflection } = entry
  const body = {
    [ReflectionKind.Class]: classBody,
    [ReflectionKind.Interface]: interfaceBody,
    [ReflectionKind.Function]: functionBody,
  }[/** @type {number} */ (reflection.kind)]
  const isType = [ReflectionKind.Interface, ReflectionKind.TypeAlias].includes(reflection.kind)
  return sections([
    imported(entry),
    (body ?? valueBody)(reflection, addressOf),
    isType && printUses(usesOf(entry.name), addressOf),
  ])
}

/**
 * @param {import('./uses.mjs').Uses} uses
 * @param {AddressOf} addressOf
 */
function printUses({ calls, parts }, addressOf) {
  const line = (/** @type {string} */ word, /** @type {readonly string[]} */ users) => {
    const named = users.slice(0, NAMED_USERS).map((user) => code(user, addressOf))
    const more = users.length > NAMED_USERS ? ` and ${users.length - NAMED_USERS} more` : ''
    return users.length > 0 && `${word} ${named.join(', ')}${more}.`
  }
  return sections([line('Used by', calls), line('Part of', parts)])
}

/** @param {PublicName} entry */
function imported({ name, specifier, reflection, alone }) {
  if (!alone) return ''
  const kind = reflection.kind === ReflectionKind.Class ? '' : 'type '
  return `\`\`\`ts\nimport { ${kind}${name} } from '${specifier}'\n\`\`\``
}

/**
 * @param {Declaration} reflection
 * @param {AddressOf} addressOf
 */
function classBody(reflection, addressOf) {
  const members = (reflection.children ?? []).filter(isForPeople)
  const of = (/** @type {number} */ kind) => members.filter((member) => member.kind === kind)
  const properties = members.filter(
    ({ kind }) => kind === ReflectionKind.Property || kind === ReflectionKind.Accessor,
  )
  return sections([
    intro(reflection, addressOf),
    ...of(ReflectionKind.Constructor)
      .filter((member) => isCalledByPeople(member))
      .map((member) => `## Constructor\n\n${signatures(member, addressOf)}`),
    properties.length > 0 && `## Properties\n\n${memberTable('Property', properties, addressOf)}`,
    ...of(ReflectionKind.Method).map(
      (member) =>
        `## ${member.flags.isStatic ? `${reflection.name}.` : ''}${escaped(member.name)}()\n\n${signatures(member, addressOf)}`,
    ),
  ])
}

/**
 * @param {Declaration} reflection
 * @param {AddressOf} addressOf
 */
function intro(reflection, addressOf) {
  const parents = [...(reflection.extendedTypes ?? []), ...(reflection.implementedTypes ?? [])]
  const from = parents.map((type) => code(textOf(type), addressOf)).join(', ')
  return sections([prose(ownComment(reflection)), from && `Extends ${from}.`])
}

/**
 * TypeDoc gives a type without a comment that of the type it extends.
 * @param {Declaration} reflection
 */
export function ownComment({ comment, extendedTypes = [] }) {
  const inherited = extendedTypes.some(
    (type) =>
      type.type === 'reference' &&
      type.reflection?.comment &&
      proseOf(type.reflection.comment).text === proseOf(comment).text,
  )
  return inherited ? undefined : comment
}

/**
 * @param {Declaration} reflection
 * @param {AddressOf} addressOf
 */
function interfaceBody(reflection, addressOf) {
  const { children = [], indexSignatures = [], signatures: calls = [] } = reflection
  const methods = children.filter(({ kind }) => kind === ReflectionKind.Method)
  const fields = ownFirst(children.filter(({ kind }) => kind !== ReflectionKind.Method))
  const keys = indexSignatures.map(({ parameters, type }) =>
    signatureBlock(
      `[${parameters?.[0]?.name}: ${textOf(parameters?.[0]?.type)}]: ${textOf(type)}`,
      addressOf,
    ),
  )
  const what = reflection.name.endsWith('Options') ? 'Option' : 'Field'
  return sections([
    intro(reflection, addressOf),
    ...calls.map((call) => signatureBlock(signatureOf('', call), addressOf)),
    ...keys,
    fields.length > 0 && memberTable(what, fields, addressOf),
    methods.length > 0 && memberTable('Method', methods, addressOf),
  ])
}

/**
 * What a type adds, then what it inherits, and at last what every call takes.
 * @param {readonly Declaration[]} fields
 */
function ownFirst(fields) {
  const rank = (/** @type {Declaration} */ { name, inheritedFrom }) =>
    ['signal', 'timeout'].includes(name) ? 2 : Number(Boolean(inheritedFrom))
  return [...fields].sort((one, other) => rank(one) - rank(other))
}

/**
 * @param {Declaration} reflection
 * @param {AddressOf} addressOf
 */
function functionBody(reflection, addressOf) {
  return signatures(reflection, addressOf)
}

/**
 * A type of another kind, or a constant.
 * @param {Declaration} reflection
 * @param {AddressOf} addressOf
 */
function valueBody(reflection, addressOf) {
  const { kind, name, type, typeParameters, comment } = reflection
  const isType = kind === ReflectionKind.TypeAlias
  const line = isType
    ? `type ${name}${genericsOf(typeParameters)} = ${textOf(type)}`
    : `const ${name}: ${textOf(type)}`
  const fields = type?.type === 'reflection' ? (type.declaration.children ?? []) : []
  const described = fields.some((field) => field.comment) && memberTable('Field', fields, addressOf)
  return sections([signatureBlock(line, addressOf), prose(comment), described])
}

/**
 * @param {Declaration} member
 * @param {AddressOf} addressOf
 */
function signatures(member, addressOf) {
  const name = member.kind === ReflectionKind.Constructor ? `new ${member.parent?.name}` : member.name
  /** @type {Set<string>} */
  const said = new Set()
  return sections(
    (member.signatures ?? []).flatMap((signature) => [
      signatureBlock(signatureOf(name, signature), addressOf),
      once(said, prose(signature.comment ?? member.comment)),
      once(said, parameters(signature)),
    ]),
  )
}

/**
 * An overload without a comment has that of the first one.
 * @param {Set<string>} said
 * @param {string} text
 */
function once(said, text) {
  if (said.has(text)) return ''
  said.add(text)
  return text
}

/** @param {import('typedoc').SignatureReflection} signature */
function parameters({ parameters: all = [] }) {
  return all
    .filter(({ comment }) => comment?.hasVisibleComponent())
    .map(({ name, comment }) => `- \`${name}\`: ${proseOf(comment).text}`)
    .join('\n')
}

/** @param {import('typedoc').Comment | undefined} comment */
function prose(comment) {
  const { text, default: standard, since } = proseOf(comment)
  const returns = tagOf(comment, '@returns')
  const throws = (comment?.getTags('@throws') ?? []).length > 0 ? tagOf(comment, '@throws') : ''
  return sections([
    text,
    standard && `Default: ${standard}.`,
    returns && `Returns ${returns}`,
    throws && `Throws ${throws}`,
    since && `Since API ${since}.`,
  ])
}

/**
 * @param {string} what the heading of the first column
 * @param {readonly Declaration[]} members
 * @param {AddressOf} addressOf
 */
function memberTable(what, members, addressOf) {
  const rows = members.map((member) => rowOf(member, addressOf))
  const has = {
    default: rows.some((row) => row.default),
    since: rows.some((row) => row.since),
    text: rows.some((row) => row.text),
  }
  const head = [what, has.default && 'Default', has.since && 'API', has.text && 'Meaning']
  const lines = rows.map((row) => [
    `${row.name}<br>${row.type}`,
    has.default && row.default,
    has.since && row.since,
    has.text && row.text,
  ])
  return [head, head.map((cell) => cell && '---'), ...lines].map(tableLine).join('\n')
}

/** @param {readonly (string | false)[]} cells */
function tableLine(cells) {
  return `| ${cells.filter((cell) => cell !== false).join(' | ')} |`
}

/**
 * @param {Declaration} member
 * @param {AddressOf} addressOf
 */
function rowOf(member, addressOf) {
  const { name, flags, signatures: calls, getSignature, type } = member
  const { text, default: standard, since } = proseOf(commentOf(member))
  const shown = calls?.[0]
    ? signatureOf('', calls[0])
    : withoutUndefined(getSignature?.type ?? type, flags.isOptional)
  return {
    name: `<code>${escaped(name)}${flags.isOptional ? '?' : ''}</code>`,
    type: code(shown.replaceAll('\n', ' '), addressOf),
    default: cell(asCode(standard)),
    since: cell(since),
    text: cell(text),
  }
}

/** @param {Declaration} member */
function commentOf({ comment, signatures: calls, getSignature, type }) {
  const ofCall = type?.type === 'reflection' ? type.declaration.signatures?.[0]?.comment : undefined
  return comment ?? calls?.[0]?.comment ?? getSignature?.comment ?? ofCall
}

/**
 * A default that is a value is shown as code; one in words stays as it is.
 * @param {string} standard
 */
function asCode(standard) {
  return /^(?:true|false|null|\d[\w.]*|'[^']*'|\[\]|"[^"]*")$/.test(standard) ? `\`${standard}\`` : standard
}

/** @param {string} text */
function cell(text) {
  return text
    .replaceAll('|', '\\|')
    .replace(/\n\s*\n/g, '<br>')
    .replaceAll('\n', ' ')
}

/**
 * @param {string} text
 * @param {AddressOf} addressOf
 */
function code(text, addressOf) {
  return `<code class="type">${linked(text, addressOf)}</code>`
}

/**
 * @param {string} text
 * @param {AddressOf} addressOf
 */
function signatureBlock(text, addressOf) {
  // Vue keeps the lines of a `pre` only.
  return `<pre class="signature">${linked(text, addressOf)}</pre>`
}

/** @param {Declaration} member */
function isForPeople({ name, flags, inheritedFrom, kind }) {
  const ofError = OF_EVERY_ERROR.includes(name) && Boolean(inheritedFrom)
  return !flags.isPrivate && !name.startsWith('#') && !ofError && kind !== undefined
}

/**
 * Objects come from collections; what has a documented constructor is made by hand.
 * @param {Declaration} member
 */
function isCalledByPeople({ signatures: calls = [], parent }) {
  return calls.some(({ comment }) => comment?.hasVisibleComponent()) || parent?.name === 'DockerClient'
}

/** @param {string} name */
function escaped(name) {
  return name.replace(/[[\]<>_*|{}]/g, (sign) => `&#${sign.codePointAt(0)};`)
}

/** @param {readonly (string | false | undefined)[]} parts */
function sections(parts) {
  return parts.filter(Boolean).join('\n\n')
}
