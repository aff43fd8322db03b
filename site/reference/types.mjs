// @ts-check
// TypeScript types as text, and as HTML in which public names are links.
import { ReflectionKind } from 'typedoc'

/** @typedef {import('typedoc').SomeType} Type */

/** The longest signature that stays on one line. */
const LINE = 80

/**
 * @param {Type | undefined} type
 * @returns {string}
 */
export function textOf(type) {
  if (!type) return 'unknown'
  const print = /** @type {Record<string, ((type: never) => string) | undefined>} */ (printers)[type.type]
  return print ? print(/** @type {never} */ (type)) : type.toString()
}

const printers = {
  /** @param {import('typedoc').LiteralType} type */
  literal: ({ value }) => (typeof value === 'string' ? `'${value}'` : String(value)),
  /** @param {import('typedoc').ReferenceType} type */
  reference: ({ name, typeArguments: args }) => {
    // `Option<T>` says that null asks for the Engine's default.
    if (name === 'Option' && args?.length === 1) return `${grouped(args[0])} | null`
    return args?.length ? `${name}<${args.map(textOf).join(', ')}>` : name
  },
  /** @param {import('typedoc').UnionType} type */
  union: ({ types }) => types.map(grouped).join(' | '),
  /** @param {import('typedoc').IntersectionType} type */
  intersection: ({ types }) => types.map(grouped).join(' & '),
  /** @param {import('typedoc').ArrayType} type */
  array: ({ elementType }) => `${grouped(elementType)}[]`,
  /** @param {import('typedoc').TupleType} type */
  tuple: ({ elements }) => `[${elements.map(textOf).join(', ')}]`,
  /** @param {import('typedoc').OptionalType} type */
  optional: ({ elementType }) => `${grouped(elementType)}?`,
  /** @param {import('typedoc').RestType} type */
  rest: ({ elementType }) => `...${grouped(elementType)}`,
  /** @param {import('typedoc').TypeOperatorType} type */
  typeOperator: ({ operator, target }) => `${operator} ${textOf(target)}`,
  /** @param {import('typedoc').IndexedAccessType} type */
  indexedAccess: ({ objectType, indexType }) => `${grouped(objectType)}[${textOf(indexType)}]`,
  /** @param {import('typedoc').ConditionalType} type */
  conditional: ({ checkType, extendsType, trueType, falseType }) =>
    `${textOf(checkType)} extends ${textOf(extendsType)} ? ${textOf(trueType)} : ${textOf(falseType)}`,
  /** @param {import('typedoc').ReflectionType} type */
  reflection: ({ declaration }) => inline(declaration),
}

/**
 * In parentheses where a neighbour would bind tighter.
 * @param {Type | undefined} type
 */
function grouped(type) {
  const text = textOf(type)
  const loose =
    type && (['union', 'intersection', 'conditional', 'typeOperator'].includes(type.type) || isFunction(type))
  return loose ? `(${text})` : text
}

/** @param {Type} type */
function isFunction(type) {
  return type.type === 'reflection' && type.declaration.signatures !== undefined
}

/** @param {import('typedoc').DeclarationReflection} declaration */
function inline({ signatures, children = [], indexSignatures = [] }) {
  if (signatures?.[0]) return `(${parametersOf(signatures[0])}) => ${textOf(signatures[0].type)}`
  const fields = [
    ...indexSignatures.map(
      (index) =>
        `[${index.parameters?.[0]?.name}: ${textOf(index.parameters?.[0]?.type)}]: ${textOf(index.type)}`,
    ),
    ...children.map(fieldOf),
  ]
  return fields.length === 0 ? '{}' : `{ ${fields.join('; ')} }`
}

/** @param {import('typedoc').DeclarationReflection} child */
function fieldOf({ name, flags, type, signatures }) {
  if (signatures?.[0]) return signatureOf(name, signatures[0])
  return `${name}${flags.isOptional ? '?' : ''}: ${withoutUndefined(type, flags.isOptional)}`
}

/**
 * The type of a member. That an optional one may be undefined goes without saying.
 * @param {Type | undefined} type
 * @param {boolean} optional
 */
export function withoutUndefined(type, optional) {
  if (!optional || type?.type !== 'union') return textOf(type)
  const kept = type.types.filter((part) => !(part.type === 'intrinsic' && part.name === 'undefined'))
  return kept.length === 1 ? textOf(kept[0]) : kept.map(grouped).join(' | ')
}

/**
 * @param {string} name
 * @param {import('typedoc').SignatureReflection} signature
 */
export function signatureOf(name, signature) {
  const generics = genericsOf(signature.typeParameters)
  const result = signature.kind === ReflectionKind.ConstructorSignature ? '' : `: ${textOf(signature.type)}`
  const line = `${name}${generics}(${parametersOf(signature)})${result}`
  if (line.length <= LINE || !signature.parameters?.length) return line
  const parameters = signature.parameters.map((parameter) => `  ${parameterOf(parameter)},\n`).join('')
  return `${name}${generics}(\n${parameters})${result}`
}

/** @param {readonly import('typedoc').TypeParameterReflection[] | undefined} parameters */
export function genericsOf(parameters) {
  if (!parameters?.length) return ''
  const each = parameters.map(({ name, type, default: standard }) =>
    [name, type ? ` extends ${textOf(type)}` : '', standard ? ` = ${textOf(standard)}` : ''].join(''),
  )
  return `<${each.join(', ')}>`
}

/** @param {import('typedoc').SignatureReflection} signature */
function parametersOf({ parameters = [] }) {
  return parameters.map(parameterOf).join(', ')
}

/** @param {import('typedoc').ParameterReflection} parameter */
function parameterOf({ name, flags, type, defaultValue }) {
  const optional = flags.isOptional || defaultValue !== undefined
  // A parameter that is taken apart at once has no name of its own.
  const shown = name === '__namedParameters' ? 'options' : name
  return `${flags.isRest ? '...' : ''}${shown}${optional ? '?' : ''}: ${withoutUndefined(type, optional)}`
}

/**
 * A type or a signature as HTML. Every sign that markdown or Vue would read is written as a number.
 * @param {string} text
 * @param {(name: string) => string | undefined} addressOf
 */
export function linked(text, addressOf) {
  return text.replace(/'[^']*'|[A-Za-z_$][\w$]*|[^A-Za-z_$']+|'/g, (part) => {
    const address = /^[A-Z]/.test(part) || /^[a-z]+[A-Z]/.test(part) ? addressOf(part) : undefined
    return address ? `<a href="${address}">${part}</a>` : encoded(part)
  })
}

/** @param {string} text */
function encoded(text) {
  return text.replace(/[^A-Za-z0-9 \n.,:()]/g, (sign) => `&#${sign.codePointAt(0)};`)
}
