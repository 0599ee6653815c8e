// Puts a heart beat at several places of the model's window, and prints where it is,
// its score and the bits of that.
#include <FriezeECG.h>

// All memory that the model needs, besides ECG_STACK_BYTES of stack.
static uint8_t arena[ECG_ARENA_BYTES] __attribute__((aligned(ECG_ARENA_ALIGNMENT)));
static float window[ECG_INPUT_0_ELEMENTS];

// In the scale of the model. A device has it from its sensor.
static const float beat[] = {0.2f, 0.6f, 1.1f, 1.5f, 1.0f, 0.3f};
static const unsigned beatSamples = sizeof(beat) / sizeof(*beat);

static void printHexadecimal(uint32_t number) {
  for (int shift = 28; shift >= 0; shift -= 4)
    Serial.print(number >> shift & 15, HEX);
}

void setup() {
  Serial.begin(115200);
  while (!Serial) {
  }
  for (unsigned first = 0; first + beatSamples <= ECG_INPUT_0_ELEMENTS; first += beatSamples) {
    for (unsigned i = 0; i < ECG_INPUT_0_ELEMENTS; ++i)
      window[i] = i - first < beatSamples ? beat[i - first] : 0.0f;
    float score;
    ecg_run(window, &score, arena);

    uint32_t bits;
    memcpy(&bits, &score, sizeof bits);
    Serial.print("beat at ");
    Serial.print(first);
    Serial.print(": ");
    Serial.print(score, 3);
    Serial.print(" (");
    printHexadecimal(bits);
    Serial.println(score > 0.5f ? ") found" : ")");
  }
}

void loop() {}
