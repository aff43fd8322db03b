import type { ImageSearchResponseItem } from 'dockline/api'
import type { TemplateData } from '../template/index.js'
import type { ListLayout } from './list.js'
import { ellipsis } from './words.js'

export const SEARCH_LAYOUT: ListLayout = {
  columns: ['Name', 'Description', 'StarCount', 'IsOfficial'],
  id: 'Name',
  headers: {
    Name: 'NAME',
    Description: 'DESCRIPTION',
    StarCount: 'STARS',
    IsOfficial: 'OFFICIAL',
    IsAutomated: 'AUTOMATED',
  },
}

export function searchRow(found: ImageSearchResponseItem, truncate: boolean): TemplateData {
  const { name = '', description = '', star_count = 0, is_official, is_automated } = found
  const line = description.replace(/[\r\n]/g, ' ')
  return {
    fields: {
      Description: truncate ? ellipsis(line, 45) : line,
      IsAutomated: is_automated ? '[OK]' : '',
      IsOfficial: is_official ? '[OK]' : '',
      Name: name,
      StarCount: String(star_count),
    },
  }
}
