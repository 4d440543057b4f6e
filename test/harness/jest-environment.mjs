/**
 * Jest's environment for Node, in a plain context of V8.
 *
 * Jest's own context asks a proxy at every use of a global, `Map` and `Math` among them: code that counts for seconds took two to three
 * times the processor there. Each test file still has globals of its own, and they go with its context.
 */
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

export default class PlainContextEnvironment extends TestEnvironment {
  constructor(...given) {
    // There is no setting for it: the constructor makes the context, of an object that is not handed in.
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...given);
    } finally {
      vm.createContext = createContext;
    }
  }
}
