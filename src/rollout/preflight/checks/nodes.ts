import { count } from '../../../mesh/words.ts';
import { type Check, some, unknown, warning } from '../verdict.ts';

/** Nobody is draining nodes meanwhile. */
export const nodes: Check = ({ facts: { cordoned } }) => {
  switch (cordoned.state) {
    case 'absent':
      return [];
    case 'unreadable':
      return [unknown('nodes', `nodes cannot be read, so a drain under way is not seen: ${cordoned.why}`)];
    case 'known': {
      const { value } = cordoned;
      if (value.length === 0) {
        return [];
      }
      const text = `${count(value.length, 'node')} ${value.length === 1 ? 'is' : 'are'} cordoned (${some(value)}): a drain or a consolidation may be going on, which takes pods away beside the restart`;
      return [warning('nodes', text)];
    }
  }
};
