// Runs parts of the editor without a browser: JSON in, JSON out.
import { readFile } from 'node:fs/promises';

import { BpmnModdle } from 'bpmn-moddle';

import { ordered } from '../../../web/assets/modeler/drawing/order.js';
import * as lengths from '../../../web/assets/modeler/panel/lengths.js';

let given = '';
for await (const part of process.stdin) given += part;
const { files = [], ladders = [], clocks = [], targets = [] } = JSON.parse(given);

const written = {};
for (const file of files) {
  const { rootElement } = await new BpmnModdle().fromXML(await readFile(file, 'utf8'));
  written[file] = (await new BpmnModdle().toXML(rootElement, { format: true })).xml;
}
process.stdout.write(JSON.stringify({
  written,
  ladders: ladders.map((each) => lengths.writeLadder(lengths.readLadder(each))),
  clocks: clocks.map((each) => lengths.writeOrders(lengths.readOrders(each))),
  ordered: targets.map((each) => ordered(each)),
}));
