// The modeler as it stands in the editor's page: the library with our offer, names, panel and marks.
import Modeler from 'bpmn-js/lib/Modeler';
import Tokens from 'bpmn-js-token-simulation';
import Minimap from 'diagram-js-minimap';

import { Panel } from '../panel/panel.js';
import { Badges } from './badges.js';
import { Copies, Factory } from './names.js';
import { Offer } from './offer.js';
import { Order } from './order.js';
import { Writer } from './spiff.js';
import { chinese } from './words.js';

export const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

const ours = {
  __init__: ['offer', 'copies', 'badges', 'panel', 'flowOrder'],
  bpmnFactory: ['type', Factory],
  offer: ['type', Offer],
  copies: ['type', Copies],
  badges: ['type', Badges],
  panel: ['type', Panel],
  flowOrder: ['type', Order],
  spiffWriter: ['type', Writer],
};

export function makeModeler(container) {
  return new Modeler({
    container,
    additionalModules: [chinese, ours, Minimap, Tokens],
    minimap: { open: false },
    textRenderer: { defaultStyle: { fontFamily: FONT }, externalStyle: { fontFamily: FONT } },
    bpmnRenderer: { defaultStrokeColor: '#2b3a4b', defaultLabelColor: '#1c2733' },
  });
}
