// The token simulation has no hook for translations: its texts are replaced while it is built, and the build fails when
// one is no longer found.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const FILES = /bpmn-js-token-simulation[\\/]lib[\\/]features[\\/].*\.js$/;
const WORDS = {
  'Log.js': [["|| 'SubProcess'", "|| '子流程'"], [": 'Process'", ": '流程'"], ["'Service Task'", "'系统操作'"], ["'User Task'", "'人工环节'"], ["'Call Activity'", "'调用流程'"],
    ["'Script Task'", "'脚本'"], ["'Business Rule Task'", "'决策'"], ["'Manual Task'", "'手工任务'"], ["'Receive Task'", "'接收任务'"], ["'Send Task'", "'发送任务'"],
    ["|| 'Task'", "|| '任务'"], ["'Exclusive Gateway'", "'排他网关'"], ["'Parallel Gateway'", "'并行网关'"], ["'Inclusive Gateway'", "'包容网关'"], ["'Start Event'", "'开始'"],
    ["'Intermediate Event'", "'中间事件'"], ["'Boundary Event'", "'边界事件'"], ["'End Event'", "'结束'"], ['aria-label="Close"', 'aria-label="关闭"'], ['>No Entries<', '>还没有记录<'],
    ['title="Toggle Simulation Log"', 'title="走过的记录"']],
  'ResetSimulation.js': [['title="Reset Simulation"', 'title="从头开始"'], ["'Reset Simulation'", "'从头开始'"]],
  'ElementSupport.js': [["'Found unsupported elements'", "'图里有不能试走的元素'"], ["'Not supported'", "'不能试走'"]],
  'PauseSimulation.js': [['title="Play/Pause Simulation"', 'title="继续或暂停"'], ["'Pause Simulation'", "'暂停'"], ["'Play Simulation'", "'继续'"]],
  'SetAnimationSpeed.js': [["'Slow'", "'慢'"], ["'Normal'", "'正常'"], ["'Fast'", "'快'"], ['title="Set animation speed = ', 'title="速度：']],
  'ExclusiveGatewayHandler.js': [['title="Set Sequence Flow"', 'title="换一条走"']],
  'InclusiveGatewayHandler.js': [['title="Set Sequence Flow"', 'title="换一条走"']],
  'PauseHandler.js': [["${ wait ? 'Remove' : 'Add' } pause point", "${ wait ? '不在这里停' : '在这里停' }"]],
  'TriggerHandler.js': [['title="Trigger Event"', 'title="往下走"']],
  'SimulationState.js': [["'Finished'", "'走完了'"]],
  'ShowScopes.js': [['title="Focus process instance ', 'title="看这一件 ']],
  'ToggleMode.js': [['Token Simulation <span', '试走 <span']],
};

export const tokenWords = {
  name: 'token-words',
  setup(build) {
    const seen = new Set();
    build.onLoad({ filter: FILES }, async ({ path: file }) => {
      const name = path.basename(file);
      let contents = await readFile(file, 'utf8');
      for (const [from, to] of WORDS[name] || []) {
        if (!contents.includes(from)) continue;
        seen.add(`${name}: ${from}`);
        contents = contents.replaceAll(from, () => to);
      }
      return { contents, loader: 'js' };
    });
    build.onEnd(() => {
      const lost = Object.entries(WORDS).flatMap(([name, pairs]) => pairs.map(([from]) => `${name}: ${from}`)).filter((each) => !seen.has(each));
      if (seen.size && lost.length) throw new Error(`The token simulation has changed, it no longer says:\n${lost.join('\n')}`);
    });
  },
};
