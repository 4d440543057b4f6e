/**
 * Jest's environment for Node, in a plain context of V8.
 *
 * Jest's own context asks a proxy at every use of a global, `Map` and `Math` among them: code that counts for seconds took two to three
 * times the processor there. Each test file still has globals of its own, and they go with its context.
 *
 * The seven hundred modules of typebox, which nearly every test file needs for the contracts, are loaded once a worker, outside of the
 * contexts, like Node's own: each file spent a tenth of a second of processor on them.
 *
 * And each case has more time than it is written with, as what waits inside of it has (`patience` in poll.ts).
 */
import vm from 'node:vm';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { TestEnvironment } from 'jest-environment-node';

/** As in poll.ts, which is no JavaScript. */
const patience = 3;

export default class PlainContextEnvironment extends TestEnvironment {
  constructor(...given) {
    // There is no setting for it: the constructor makes the context, of an object that is not handed in.
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...given);
      this.global[Symbol.for('landbridge.typebox')] = { Type, Compile };
    } finally {
      vm.createContext = createContext;
    }
  }

  handleTestEvent({ name }, state) {
    // All cases are known by now, and none has begun.
    if (name !== 'run_start') return;
    state.testTimeout *= patience;
    lengthen(state.rootDescribeBlock);
  }
}

function lengthen({ hooks, children }) {
  for (const hook of hooks) if (hook.timeout) hook.timeout *= patience;
  for (const child of children)
    if (child.type === 'describeBlock') lengthen(child);
    else if (child.timeout) child.timeout *= patience;
}
