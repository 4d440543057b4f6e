// What `typebox` and `typebox/compile` are in tests: see jest-environment.mjs.
const { Type, Compile } = globalThis[Symbol.for('landbridge.typebox')];

export default Type;
export { Compile };
