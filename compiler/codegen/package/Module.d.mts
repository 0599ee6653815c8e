// What follows is the same in the file of every model.
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/** One input or output. */
export interface Tensor {
  /** Name in the model file. */
  readonly name: string;
  /** Sizes of the axes, outermost first; axis 0 is the batch. Elements are row major. */
  readonly shape: readonly number[];
  /** Product of the sizes. */
  readonly elements: number;
  readonly type: "float32" | "int8" | "int16" | "int32";
  /** An element x of an integer type stands for scale * (x - zeroPoint). */
  readonly scale: number;
  readonly zeroPoint: number;
}

/** What the compiler knows of the model. */
export declare const description: {
  readonly name: string;
  /** Version of the compiler, and the target it compiled for. */
  readonly compiler: string;
  readonly target: string;
  /** SHA-256 of the files it is made of, in hexadecimal. */
  readonly sourceSHA256: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** Scratch memory of a call, in bytes. */
  readonly arenaBytes: number;
  readonly arenaAlignment: number;
  /** Bytes of constant weights in the module. */
  readonly weightsBytes: number;
  /** Multiply-adds of one call. */
  readonly macs: number;
  /** Null where it was compiled without --stream-hop or --stream-steps. */
  readonly stream: null | {
    /** Samples of a window, and from the start of one window to the next. */
    readonly window: number;
    readonly hop: number;
    /** Elements of one sample. */
    readonly channels: number;
    /** Memory of a stream, in bytes. */
    readonly stateBytes: number;
    readonly stateAlignment: number;
  };
};

/** A window that moves along one recording. */
export interface Stream {
  /**
   * Takes the next samples, any number of them, and returns the outputs of every window
   * that they complete, one window after the other.
   */
  push(samples: Inputs[0]): Outputs;
  /** Begins another recording. */
  restart(): void;
}

/** A model with memory of its own. Calls copy arrays in and out, and keep none. */
export interface Model {
  /** Runs the model once. */
  run(...inputs: Inputs): Outputs;
  /**
   * Runs the model `count` times, with the same bits. Each array holds the elements of all
   * calls, one call after the other.
   */
  runBatch(count: number, ...inputs: Inputs): Outputs;
  /** Starts a stream, whose memory stays that of the model: use it again by restart(). */
  openStream(): Stream;
}

/** An address, which may be relative to this file; bytes; a response; or a module. */
export type Source =
  string | URL | ArrayBuffer | ArrayBufferView | Response | WebAssembly.Module;

/** Loads the module, by default the one beside this file. */
export declare function load(source?: Source | Promise<Source>): Promise<Model>;
