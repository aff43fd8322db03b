import type { ImageHistoryResponseItem } from 'dockline/api'
import { rfc3339 } from '../go/time.js'
import type { TemplateData } from '../template/index.js'
import { ago } from './duration.js'
import type { ListLayout } from './list.js'
import { humanSize } from './size.js'
import { ellipsis, shortId } from './words.js'

const HEADERS = {
  ID: 'IMAGE',
  CreatedSince: 'CREATED',
  CreatedAt: 'CREATED AT',
  CreatedBy: 'CREATED BY',
  Size: 'SIZE',
  Comment: 'COMMENT',
}

/** In Unix seconds. */
const YEAR_2000 = 946_684_800

export interface HistoryOptions {
  readonly truncate: boolean
  /** Whether sizes and dates are for people. */
  readonly human: boolean
}

export function historyLayout(human: boolean): ListLayout {
  const created = human ? 'CreatedSince' : 'CreatedAt'
  return {
    columns: ['ID', created, 'CreatedBy', 'Size', 'Comment'],
    id: 'ID',
    headers: HEADERS,
  }
}

/** A line for each step an image was made in. */
export function historyRow(
  { Id, Created, CreatedBy, Size, Comment }: ImageHistoryResponseItem,
  { truncate, human }: HistoryOptions,
): TemplateData {
  const command = CreatedBy.replaceAll('\t', ' ')
  return {
    fields: {
      Comment,
      CreatedAt: rfc3339(Created),
      CreatedBy: truncate ? ellipsis(command, 45) : command,
      // Builds that are to be the same each time have a time of long ago. For images, docker counts the years.
      CreatedSince: human ? (Created > YEAR_2000 ? ago(Created) : 'N/A') : rfc3339(Created),
      ID: truncate ? shortId(Id) : Id,
      Size: human ? humanSize(Size) : String(Size),
    },
  }
}
