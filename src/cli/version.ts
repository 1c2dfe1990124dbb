declare const __VERSION__: string | undefined;

/** Version of this program: package.json's, put in by the bundler; `development` when run from the sources. */
export const programVersion: string = typeof __VERSION__ === 'string' ? __VERSION__ : 'development';
