// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The program of 32-bit actors. It is not a warden and has no other part of shmspec.

#include "harness/actor/actor_main.h"

int main(int argc, char** argv) { return shmspec::RunActorImage(argc, argv); }
