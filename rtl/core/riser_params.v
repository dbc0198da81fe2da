// SPDX-License-Identifier: Apache-2.0
//
// Says which parameter of riser_ep is not legal, and stops.
`default_nettype none
module riser_params #(
    parameter        DATA_W             = 256,
    parameter        MSIX_VECTORS       = 16,
    parameter [31:0] MSIX_TABLE_OFFSET  = 32'h2000,
    parameter [31:0] MSIX_PBA_OFFSET    = 32'h3000,
    parameter        MSI_VECTORS        = 1,
    parameter        INTX_PIN           = 1,
    parameter        NR_TAGS            = 32,
    parameter        MPS_LOG2           = 9,
    parameter        MRRS_LOG2          = 9,
    parameter        CPL_TIMEOUT_CYCLES = 50000
) ();
    initial begin
        if (DATA_W != 64 && DATA_W != 128 && DATA_W != 256 && DATA_W != 512) begin
            $display("%m: DATA_W must be 64, 128, 256 or 512, not %0d", DATA_W);
            $finish;
        end
        if (NR_TAGS != 2 && NR_TAGS != 4 && NR_TAGS != 8 && NR_TAGS != 16 && NR_TAGS != 32) begin
            $display("%m: NR_TAGS must be 2, 4, 8, 16 or 32, not %0d", NR_TAGS);
            $finish;
        end
        if (MPS_LOG2 < 7 || MPS_LOG2 > 9 || MRRS_LOG2 < 7 || MRRS_LOG2 > 9) begin
            $display("%m: MPS_LOG2 and MRRS_LOG2 must be 7, 8 or 9, not %0d and %0d", MPS_LOG2, MRRS_LOG2);
            $finish;
        end
        if (MSIX_VECTORS > 2048 || (MSIX_TABLE_OFFSET & 32'd7) != 0 || (MSIX_PBA_OFFSET & 32'd7) != 0) begin
            $display("%m: MSIX_VECTORS must be at most 2048 and both offsets multiples of 8");
            $finish;
        end
        if (MSI_VECTORS != 0 && MSI_VECTORS != 1 && MSI_VECTORS != 2 && MSI_VECTORS != 4 && MSI_VECTORS != 8
            && MSI_VECTORS != 16 && MSI_VECTORS != 32) begin
            $display("%m: MSI_VECTORS must be 0 or a power of two up to 32, not %0d", MSI_VECTORS);
            $finish;
        end
        if (INTX_PIN != 0 && INTX_PIN != 1) begin
            $display("%m: INTX_PIN must be 0 or 1, not %0d", INTX_PIN);
            $finish;
        end
        if (CPL_TIMEOUT_CYCLES < 4096) begin
            $display("%m: CPL_TIMEOUT_CYCLES must be at least 4096, not %0d", CPL_TIMEOUT_CYCLES);
            $finish;
        end
    end
endmodule
`default_nettype wire
